import { chmod, copyFile, lstat, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Hash } from './objects.ts';

/** Replaces a file in one step: readers see the old or the new content. A link at that place is replaced, not followed. */
export async function replaceFile(path: string, content: string, nonce: string, mode = 0o644): Promise<void> {
  const aside = join(dirname(path), `.${nonce}.new`);
  await writeFile(aside, content, { mode, flag: 'wx' });
  await rename(aside, path);
}

/**
 * Copies an index and keeps its time. Git reads a file again only when it is not older than the index; a copy that is younger than
 * its original hides a change of the same size that was made in the second of the checkout.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtime } = await lstat(from);
  await copyFile(from, to);
  await utimes(to, atime, mtime);
}

/** Removes a tree without following links, also where a program took our write permission away (module caches do). */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) throw error;
    await openUp(path);
    await rm(path, { recursive: true, force: true });
  }
}

/** A git directory made by hand: enough for git, and nothing of ours or the user's leaks in. */
export async function makeGitDir(
  path: string,
  options: { readonly head: string; readonly config: string; readonly alternates: readonly string[] },
): Promise<void> {
  await mkdir(join(path, 'objects', 'info'), { recursive: true });
  await mkdir(join(path, 'refs', 'heads'), { recursive: true });
  await writeFile(join(path, 'HEAD'), `${options.head}\n`);
  await writeFile(join(path, 'config'), options.config);
  await writeFile(join(path, 'objects', 'info', 'alternates'), options.alternates.map((line) => `${line}\n`).join(''));
}

/** `[core]` of a hand-made git directory. */
export function coreConfig(hash: Hash, bare: boolean): string {
  const core = `\tbare = ${String(bare)}\n\tfilemode = true\n\tlogAllRefUpdates = ${String(!bare)}\n`;
  if (hash === 'sha256') return `[core]\n\trepositoryformatversion = 1\n${core}[extensions]\n\tobjectFormat = sha256\n`;
  return `[core]\n\trepositoryformatversion = 0\n${core}`;
}

function isDenied(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EACCES' || code === 'EPERM' || code === 'ENOTEMPTY';
}

async function openUp(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await openUp(join(path, name));
}
