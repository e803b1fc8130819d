import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha } from '#domain/sha';
import { exists, type WriteObject } from './objects.ts';
import { fields, type Run } from './run.ts';

/**
 * Replaces, in the index, each link to a repository that lies inside the checkout by the files that lie there: a link alone
 * would keep nothing of them. `run` works on that index; `unborn` are repositories that git could not even link.
 */
export async function unfoldNested(run: Run, checkout: string, unborn: readonly string[], write: WriteObject): Promise<void> {
  const entries = fields(await run({ args: ['ls-files', '--stage', '-z'] }));
  const links = entries.filter((entry) => entry.startsWith('160000 '));
  for (const entry of links) {
    const path = entry.slice(entry.indexOf('\t') + 1);
    if (!(await exists(join(checkout, path, '.git')))) continue;
    const zero = (entry.split(' ')[1] ?? '').replace(/./g, '0');
    await addFiles(run, checkout, path, write, `0 ${zero}\t${path}\0`);
  }
  for (const path of unborn) await addFiles(run, checkout, path, write, '');
}

async function addFiles(run: Run, checkout: string, folder: string, write: WriteObject, before: string): Promise<void> {
  const files = await listFiles(checkout, folder);
  const rows = await Promise.all(files.map(async ({ path, mode }) => `${mode} ${await storeFile(join(checkout, path), mode, write)}\t${path}\0`));
  await run({ args: ['update-index', '-z', '--index-info'], input: before + rows.join('') });
}

async function listFiles(checkout: string, folder: string): Promise<{ readonly path: string; readonly mode: string }[]> {
  const entries = await readdir(join(checkout, folder), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === '.git') return [];
    if (entry.isDirectory()) return await listFiles(checkout, path);
    if (entry.isSymbolicLink()) return [{ path, mode: '120000' }];
    if (!entry.isFile()) return [];
    return [{ path, mode: ((await lstat(join(checkout, path))).mode & 0o100) === 0 ? '100644' : '100755' }];
  });
  return (await Promise.all(found)).flat();
}

async function storeFile(path: string, mode: string, write: WriteObject): Promise<Sha> {
  return await write('blob', mode === '120000' ? Buffer.from(await readlink(path)) : await readFile(path));
}
