import { announce, type RefChange } from './announce.ts';
import { closeForBranch } from './close-branch.ts';
import { moveHead } from './head.ts';
import { setState } from './issue.ts';
import { branchOf, branchRef, isZero, readRef, zero } from '../git/ref.ts';
import { issueById } from '../store/issue.ts';
import { openPullsFrom, openPullsFromFork, openPullsInto } from '../store/pull.ts';
import { repositoryPath, touchRepository, type RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

/** What follows from refs that moved: pull requests move or close, issues close, hooks hear of it. Refs other than branches and tags are silent. */
export async function refsChanged(world: World, repository: RepositoryRow, pusher: UserRow, changes: readonly RefChange[]): Promise<void> {
  if (changes.length === 0) return;
  touchRepository(world, repository.id);
  for (const change of changes) {
    const branch = branchOf(change.ref);
    if (branch !== null) await branchChanged(world, repository, pusher, branch);
  }
  for (const change of changes) {
    if (/^refs\/(?:heads|tags)\//.test(change.ref)) await announce(world, repository, pusher, change);
  }
}

async function branchChanged(world: World, repository: RepositoryRow, pusher: UserRow, branch: string): Promise<void> {
  // Where the branch is now, not where this push put it: a later push may be recorded first.
  const after = readRef(repositoryPath(world, repository), branchRef(branch)) ?? zero;
  for (const pull of [...openPullsFrom(world, repository.id, branch), ...openPullsFromFork(world, repository.id, branch)]) {
    if (!isZero(after)) await moveHead(world, pull, after, pusher);
    else closeForBranch(world, pull.id, branch, pusher);
  }
  for (const pull of openPullsInto(world, repository.id, branch)) {
    if (isZero(after)) setState(world, issueById(world, pull.id), pusher, 'closed');
    else world.checks.touch(pull.id);
  }
}

/** Runs `work` while the repository counts as busy, so that nobody catches up with a push that is still being recorded. */
export async function whileBusy<T>(world: World, repository: number, work: () => Promise<T>): Promise<T> {
  world.busy.set(repository, (world.busy.get(repository) ?? 0) + 1);
  try {
    return await work();
  } finally {
    const left = (world.busy.get(repository) ?? 1) - 1;
    if (left === 0) world.busy.delete(repository);
    else world.busy.set(repository, left);
  }
}
