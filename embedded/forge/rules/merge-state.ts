import { mergeBaseOf, tryMerge } from '../git/merge.ts';
import { listFileChanges } from '../git/diff.ts';
import { branchRef, readRef } from '../git/ref.ts';
import { repositoryById, repositoryPath } from '../store/repository.ts';
import type { PullRow } from '../store/pull.ts';
import type { World } from '../world.ts';
import type { Mergeability } from './check.ts';

/** Tip of the base branch now; what was last seen when the branch is gone or the pull request is done. */
export function baseTip(world: World, pull: PullRow): string {
  if (pull.state === 'closed') return pull.base_sha;
  return readRef(repositoryPath(world, repositoryById(world, pull.repo_id)), branchRef(pull.base)) ?? pull.base_sha;
}

/** Whether the open pull request merges cleanly, as far as known; finding out goes on in the background. */
export function mergeState(world: World, pull: PullRow): Mergeability {
  const base = baseTip(world, pull);
  return world.checks.look(pull.id, base, pull.head_sha, () => find(world, pull, base));
}

async function find(world: World, pull: PullRow, base: string): Promise<Mergeability> {
  const folder = repositoryPath(world, repositoryById(world, pull.repo_id));
  const mergeBase = await mergeBaseOf(world.git, folder, base, pull.head_sha);
  if (mergeBase === null) return { kind: 'conflict' };
  const changes = await listFileChanges(world.git, folder, mergeBase, pull.head_sha);
  const sum = (of: 'additions' | 'deletions'): number => changes.reduce((total, change) => total + change[of], 0);
  world.database.run(
    'UPDATE pulls SET merge_base = ?, additions = ?, deletions = ?, files = ? WHERE issue_id = ? AND head_sha = ? AND merged_at IS NULL',
    mergeBase,
    sum('additions'),
    sum('deletions'),
    changes.length,
    pull.id,
    pull.head_sha,
  );
  const { tree } = await tryMerge(world.git, folder, base, pull.head_sha);
  return tree === null ? { kind: 'conflict' } : { kind: 'clean', mergeBase, paths: changes.map((change) => change.path) };
}
