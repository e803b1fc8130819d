import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asSha, type Sha } from '#domain/sha';
import { GitError, type CommitDraft } from '#git';
import { classify, gitFailure } from './command/failure.ts';
import { copyIndex, replaceFile } from './command/files.ts';
import { clearIndexFlags } from './command/index-flags.ts';
import { unfoldNested } from './command/nested.ts';
import { createWriteObject, hashOf, type WriteObject } from './command/objects.ts';
import { readHead, readPlain } from './command/refs.ts';
import { fields, text, type Run } from './command/run.ts';
import { renderCommit } from './parse/commit.ts';
import { isInside, type Site, type SiteRecord } from './site.ts';

/** Environment of commands on a checkout: our own git directory and index, its files and object folder. */
function sideEnv(site: Site): Record<string, string> {
  return { GIT_DIR: site.side, GIT_WORK_TREE: site.checkout, GIT_OBJECT_DIRECTORY: join(site.checkout, '.git', 'objects') };
}

export async function headOf(site: Site): Promise<{ readonly sha: Sha; readonly ref: string | null }> {
  const head = await readHead(join(site.checkout, '.git'));
  if (head === null) throw new GitError('corrupt', `the workspace of run ${site.run} is damaged: its HEAD names no commit`);
  return head;
}

/** What a commit of everything in a checkout stands on. */
export interface Ground {
  /** The branch that HEAD is on, or null. */
  readonly ref: string | null;
  readonly parents: readonly [Sha, ...Sha[]];
  /** HEAD does not descend from the commit that was checked out: amended, reset, orphaned, begun anew. Its commits are left out. */
  readonly isRewritten: boolean;
}

/**
 * HEAD, and the commit of a merge that is going on. Where HEAD does not descend from the commit that was checked out, that commit
 * stands in its place: history is ours, only the files are the session's. A merge that we asked for stays one, unless the session
 * went back to before it.
 */
export async function groundOf(run: Run, site: Site, record: SiteRecord): Promise<Ground> {
  const head = await readHead(join(site.checkout, '.git'));
  const merging = await mergeHeadOf(site, record);
  const ref = head?.ref ?? null;
  if (head !== null && (await isAncestor(run, site, record.base, head.sha)))
    return { ref, parents: merging === null ? [head.sha] : [head.sha, merging], isRewritten: false };
  const isMerge = record.merge !== null && (merging !== null || head === null || (await holdsMerge(run, site, record.merge, head.sha, record.base)));
  return { ref, parents: isMerge && record.merge !== null ? [record.base, record.merge] : [record.base], isRewritten: true };
}

/** It descends from the merged commit, or has begun anew with the files of the merge. */
async function holdsMerge(run: Run, site: Site, merge: Sha, head: Sha, base: Sha): Promise<boolean> {
  if (await isAncestor(run, site, merge, head)) return true;
  return (await run({ args: ['merge-base', base, head], env: sideEnv(site), accept: [0, 1, 128] })).code !== 0;
}

/** False too when one of them is no commit that can be read. */
async function isAncestor(run: Run, site: Site, ancestor: Sha, of: Sha): Promise<boolean> {
  return ancestor === of || (await run({ args: ['merge-base', '--is-ancestor', ancestor, of], env: sideEnv(site), accept: [0, 1, 128] })).code === 0;
}

/** Paths that differ from HEAD or are new and not ignored. */
export async function listDirty(run: Run, site: Site): Promise<string[]> {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--ignore-submodules=dirty', '--no-renames'];
  const ran = await onIndex(run, site, (await headOf(site)).sha, async () => await run({ args, env: sideEnv(site), cwd: site.checkout }));
  return fields(ran).map((line) => line.slice(3));
}

/**
 * The tree of everything in the checkout that is not ignored; objects are written to the checkout's own folder. A repository
 * inside it counts as a link to its commit, as always in git (one without a commit: as nothing), or with `nested: 'files'` as
 * the files it holds.
 */
export async function snapshot(run: Run, site: Site, head: Sha, nested: 'link' | 'files' = 'link', nonce = (): string => ''): Promise<Sha> {
  const git = { env: sideEnv(site), cwd: site.checkout, seconds: 600 };
  const unborn = await onIndex(run, site, head, async () => await addAll(async (command) => await run({ ...git, ...command })));
  if (nested === 'files') await unfoldNested(async (command) => await run({ ...git, ...command }), site.checkout, unborn, await writerOf(site, nonce));
  return asSha(text(await run({ args: ['write-tree'], ...git })));
}

/** Adds all there is; answers the repositories without a commit, which git cannot add. */
async function addAll(run: Run): Promise<string[]> {
  const ran = await run({ args: ['add', '--all', '--ignore-errors'], accept: [0, 1] });
  const errors = ran.stderr.split('\n').filter((line) => /^(?:error|fatal): /.test(line));
  const unborn = errors.map((line) => /^error: '(.+?)\/?' does not have a commit checked out$/.exec(line)?.[1] ?? null);
  if (ran.code === 1 && (unborn.length === 0 || unborn.includes(null))) throw gitFailure(classify(ran.stderr), 'git add', ran.stderr);
  return unborn.filter((path) => path !== null);
}

/**
 * Starts from the session's index: it knows what was added in spite of being ignored, and spares reading unchanged files. It
 * is copied, since ours is a directory that the session cannot prepare, and nothing in it hides a file; where it is unusable,
 * HEAD's tree takes its place.
 */
async function onIndex<T>(run: Run, site: Site, head: Sha, act: () => Promise<T>): Promise<T> {
  await writeFile(join(site.side, 'HEAD'), `${head}\n`);
  const index = join(site.checkout, '.git', 'index');
  const mine = join(site.side, 'index');
  await rm(`${mine}.lock`, { force: true }); // left by a killed process: a workspace has one user at a time
  try {
    if ((await lstat(index)).isFile()) await copyIndex(index, mine);
    await clearIndexFlags(async (command) => await run({ env: sideEnv(site), cwd: site.checkout, ...command }), site.checkout);
    return await act();
  } catch (error) {
    if (error instanceof GitError && error.kind === 'full') throw error;
    await rm(mine, { force: true });
    await run({ args: ['read-tree', head], env: sideEnv(site), cwd: site.checkout });
    return await act();
  }
}

/** The tree of a commit as the checkout knows it. */
export async function treeOfCommit(run: Run, site: Site, commit: Sha): Promise<Sha> {
  return asSha(text(await run({ args: ['rev-parse', '--verify', `${commit}^{tree}`], env: sideEnv(site), cwd: site.checkout })));
}

/** The commit that the session is merging, when it is the one we asked it to merge. */
export async function mergeHeadOf(site: Site, record: SiteRecord): Promise<Sha | null> {
  const found = (await readPlain(join(site.checkout, '.git', 'MERGE_HEAD'), 4096))?.trim();
  return record.merge !== null && found === record.merge ? record.merge : null;
}

/** A commit object in the checkout's folder; no ref changes. */
export async function writeCommit(site: Site, draft: CommitDraft & { readonly at: Date }, nonce: () => string): Promise<Sha> {
  return await (
    await writerOf(site, nonce)
  )('commit', renderCommit(draft));
}

async function writerOf(site: Site, nonce: () => string): Promise<WriteObject> {
  return createWriteObject(join(site.checkout, '.git', 'objects'), await hashOf(site.side), nonce);
}

/** Moves the checkout's HEAD to a commit that was made of its files: its branch, its index, and a merge is over. */
export async function moveHead(site: Site, record: SiteRecord, headRef: string | null, to: Sha, nonce: () => string): Promise<void> {
  const gitDir = join(site.checkout, '.git');
  const branch = `refs/heads/${record.branch}`;
  const target = join(gitDir, headRef === branch ? branch : 'HEAD');
  await mkdir(dirname(target), { recursive: true }).catch(() => undefined);
  if (!(await isInside(gitDir, dirname(target)))) throw new GitError('corrupt', `the workspace of run ${site.run} is damaged: ${target} leads elsewhere`);
  await replaceFile(target, `${to}\n`, nonce());
  const aside = join(gitDir, `.index-${nonce()}`);
  await copyIndex(join(site.side, 'index'), aside);
  await rename(aside, join(gitDir, 'index'));
  for (const name of ['index.lock', 'MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'AUTO_MERGE']) await rm(join(gitDir, name), { force: true });
}
