import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './run.ts';

export type MergeStyle = 'merge' | 'rebase' | 'rebase-merge' | 'squash' | 'fast-forward-only';

export interface MergePlan {
  readonly style: MergeStyle;
  readonly base: string;
  readonly head: string;
  readonly message: string;
  readonly person: { readonly name: string; readonly email: string };
  /** Seconds since 1970: the time written into new commits. */
  readonly at: number;
  /** A name nobody else uses, for a folder beside the repository. */
  readonly scratch: string;
}

export type MadeMerge = { readonly kind: 'made'; readonly sha: string } | { readonly kind: 'conflict' } | { readonly kind: 'not-fast-forward' };

/** What git says about merging `head` into `base` now, without touching a ref. */
export async function tryMerge(git: Git, folder: string, base: string, head: string): Promise<{ tree: string | null }> {
  const { code, out } = await git.run(folder, ['merge-tree', '--write-tree', '--no-messages', base, head], { answers: [1, 128] });
  return { tree: code === 0 ? (out.split('\n')[0] ?? null) : null };
}

export async function mergeBaseOf(git: Git, folder: string, one: string, other: string): Promise<string | null> {
  const { code, out } = await git.run(folder, ['merge-base', one, other], { answers: [1, 128] });
  return code === 0 ? out.trim() : null;
}

/** Makes the commits of a merge; the caller moves the branch. */
export async function makeMerge(git: Git, folder: string, plan: MergePlan): Promise<MadeMerge> {
  switch (plan.style) {
    case 'merge':
      return commitMerge(git, folder, plan, [plan.base, plan.head]);
    case 'squash':
      return commitMerge(git, folder, plan, [plan.base]);
    case 'fast-forward-only':
      return (await mergeBaseOf(git, folder, plan.base, plan.head)) === plan.base ? { kind: 'made', sha: plan.head } : { kind: 'not-fast-forward' };
    case 'rebase':
      return rebase(git, folder, plan);
    case 'rebase-merge': {
      const rebased = await rebase(git, folder, plan);
      return rebased.kind === 'made' ? commitMerge(git, folder, { ...plan, head: rebased.sha }, [plan.base, rebased.sha]) : rebased;
    }
  }
}

const identity = (plan: MergePlan): Record<string, string> => ({
  GIT_AUTHOR_NAME: plan.person.name,
  GIT_AUTHOR_EMAIL: plan.person.email,
  GIT_AUTHOR_DATE: `${plan.at} +0000`,
  ...committer(plan),
});

const committer = (plan: MergePlan): Record<string, string> => ({
  GIT_COMMITTER_NAME: plan.person.name,
  GIT_COMMITTER_EMAIL: plan.person.email,
  GIT_COMMITTER_DATE: `${plan.at} +0000`,
});

async function commitMerge(git: Git, folder: string, plan: MergePlan, parents: readonly string[]): Promise<MadeMerge> {
  const { tree } = await tryMerge(git, folder, plan.base, plan.head);
  if (tree === null) return { kind: 'conflict' };
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const { out } = await git.run(folder, args, { input: plan.message, env: identity(plan) });
  return { kind: 'made', sha: out.trim() };
}

async function rebase(git: Git, folder: string, plan: MergePlan): Promise<MadeMerge> {
  const tree = join(folder, `rebase-${plan.scratch}`);
  await git.run(folder, ['worktree', 'add', '--quiet', '--detach', tree, plan.head]);
  try {
    const { code } = await git.run(tree, ['rebase', '--quiet', plan.base], { env: committer(plan), answers: [1, 128] });
    if (code !== 0) return { kind: 'conflict' };
    return { kind: 'made', sha: (await git.run(tree, ['rev-parse', 'HEAD'])).out.trim() };
  } finally {
    await rm(tree, { recursive: true, force: true });
    await git.run(folder, ['worktree', 'prune']);
  }
}
