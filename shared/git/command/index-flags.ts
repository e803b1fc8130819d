import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './objects.ts';
import { fields, type Run } from './run.ts';

/**
 * Takes the marks from an index by which git overlooks files (`--assume-unchanged`, `--skip-worktree`): an edit of a marked file
 * would be lost without a word. What a sparse checkout leaves out stays marked while it is not there, or it would seem deleted.
 * `run` works on that index.
 */
export async function clearIndexFlags(run: Run, checkout: string): Promise<void> {
  const rows = fields(await run({ args: ['ls-files', '-v', '-z'] })).map((row) => ({ tag: row.slice(0, 1), path: row.slice(2) }));
  const assumed = rows.filter(({ tag }) => tag !== tag.toUpperCase()).map(({ path }) => path);
  const skipped = rows.filter(({ tag }) => tag.toUpperCase() === 'S').map(({ path }) => path);
  await unmark(run, '--no-assume-unchanged', assumed);
  if (skipped.length === 0) return;
  const isSparse = await exists(join(checkout, '.git', 'info', 'sparse-checkout'));
  await unmark(run, '--no-skip-worktree', isSparse ? await present(checkout, skipped) : skipped);
}

async function unmark(run: Run, how: string, paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await run({ args: ['update-index', how, '-z', '--stdin'], input: paths.map((path) => `${path}\0`).join('') });
}

async function present(checkout: string, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) if ((await lstat(join(checkout, path)).catch(() => null)) !== null) found.push(path);
  return found;
}
