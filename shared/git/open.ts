import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GitError, type WorkspaceRequest } from '#git';
import { fileFailure } from './command/failure.ts';
import { copyIndex, coreConfig, makeGitDir, removeTree } from './command/files.ts';
import { exists, hashOf } from './command/objects.ts';
import { assertRefName } from './command/refs.ts';
import type { Run } from './command/run.ts';
import type { Places } from './places.ts';
import { siteOf, writeRecord, type Site, type SiteRecord } from './site.ts';
import { snapshot } from './snapshot.ts';

/**
 * Makes the workspace of a run: a checkout with a git directory made by hand that borrows the store's objects and knows no
 * remote. It is built aside and renamed into place, so that one that exists is complete. One git process, two for a merge.
 */
export async function openSite(
  run: Run,
  places: Places,
  project: string,
  request: WorkspaceRequest,
  nonce: () => string,
): Promise<{ readonly site: Site; readonly record: SiteRecord }> {
  const site = siteOf(places, request.run);
  assertRefName(`refs/heads/${request.branch}`);
  await mkdir(places.workspaces, { recursive: true, mode: 0o700 });
  await mkdir(site.side, { mode: 0o700 }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new GitError('failed', `run ${request.run} has a workspace already; a run opens one`);
    throw fileFailure('making a workspace', error);
  });
  try {
    return { site, record: await build(run, places, site, project, request, nonce) };
  } catch (error) {
    await removeTree(site.side).catch(() => undefined);
    throw fileFailure('making a workspace', error);
  }
}

async function build(run: Run, places: Places, site: Site, project: string, request: WorkspaceRequest, nonce: () => string): Promise<SiteRecord> {
  const aside = join(site.side, 'checkout');
  const gitDir = join(aside, '.git');
  await mkdir(aside, { mode: 0o755 });
  await makeGitDirs(places, site, gitDir, request);
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: aside };
  await run({ args: ['read-tree', '--reset', '-u', request.at], env, cwd: aside, seconds: 900 });
  const isMerging = request.merge !== undefined && (await merge(run, env, aside, request.merge));
  await copyIndex(join(gitDir, 'index'), join(site.side, 'index'));
  const { dev: device, ino: inode } = await stat(aside);
  const { run: id, branch, at: base, author } = request;
  const untouched = isMerging ? await snapshot(run, { ...site, checkout: aside }, base) : null;
  const record: SiteRecord = { run: id, project, branch, base, merge: request.merge ?? null, author, untouched, device, inode };
  await writeRecord(site, record, nonce());
  await rename(aside, site.checkout);
  return record;
}

async function makeGitDirs(places: Places, site: Site, gitDir: string, request: WorkspaceRequest): Promise<void> {
  const store = join(places.store, 'objects');
  const core = coreConfig(await hashOf(places.store), false);
  const quote = (value: string): string => JSON.stringify(value.replace(/[\0-\x1f]+/g, ' '));
  const user = `[user]\n\tname = ${quote(request.author.name)}\n\temail = ${quote(request.author.email)}\n`;
  const config = `${core}${user}[gc]\n\tauto = 0\n[merge]\n\tconflictStyle = zdiff3\n`;
  await makeGitDir(gitDir, { head: `ref: refs/heads/${request.branch}`, config, alternates: [store] });
  const ref = join(gitDir, 'refs', 'heads', request.branch);
  await mkdir(dirname(ref), { recursive: true });
  await writeFile(ref, `${request.at}\n`);
  await makeGitDir(site.side, { head: request.at, config: core, alternates: [join(site.checkout, '.git', 'objects'), store] });
}

/** Merges without committing; conflicts stay in the files. False when there was nothing to merge. */
async function merge(run: Run, env: Readonly<Record<string, string>>, cwd: string, commit: string): Promise<boolean> {
  const ran = await run({ args: ['merge', '--no-commit', '--no-ff', '--no-verify', '--quiet', commit], env, cwd, accept: [0, 1], seconds: 900 });
  const isMerging = await exists(join(cwd, '.git', 'MERGE_HEAD'));
  if (ran.code === 1 && !isMerging) throw new GitError('failed', `git merge: ${ran.stderr.trim() || (await readFile(join(cwd, '.git', 'HEAD'), 'utf8'))}`);
  return isMerging;
}
