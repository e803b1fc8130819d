import { notifyIssue } from './notify.ts';
import { invalid } from '../refused.ts';
import { listCommits } from '../git/commit.ts';
import { writeOwnRef } from '../git/ref.ts';
import { protectionOf } from '../rules/protection.ts';
import { headTip, takeFrom } from '../rules/origin.ts';
import { insertEvent } from '../store/event.ts';
import { pullById, type PullRow } from '../store/pull.ts';
import { repositoryById, repositoryPath, repositoryRow } from '../store/repository.ts';
import { reviewsMeetHead } from '../store/review.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

const pullRef = (number: number): string => `refs/pull/${number}/head`;

/** Keeps the head of a pull request reachable whatever happens to its branch. */
export const keepHead = (world: World, pull: PullRow): void =>
  writeOwnRef(repositoryPath(world, repositoryById(world, pull.repo_id)), pullRef(pull.number), pull.head_sha);

/** Moves an open pull request to the new tip of its branch: reviews of other heads become stale, mergeability is found anew. */
export async function moveHead(world: World, pull: PullRow, head: string, pusher: UserRow): Promise<void> {
  if (pull.head_sha === head) return;
  const into = repositoryById(world, pull.repo_id);
  const from = pull.head_repo === null ? undefined : repositoryRow(world, pull.head_repo);
  if (from !== undefined) await takeFrom(world, from, into, pull.head);
  const folder = repositoryPath(world, into);
  const [added, lost] = await Promise.all([
    listCommits(world.git, folder, ['--reverse', '--max-count=250', `${pull.head_sha}..${head}`]),
    listCommits(world.git, folder, ['--max-count=1', `${head}..${pull.head_sha}`]),
  ]);
  if (setHead(world, pull, head, pusher, { added, forced: lost.length > 0 })) notifyIssue(world, pull.id, pusher, 'sync', 'synchronized');
}

/** False: somebody else moved it in the meantime. */
function setHead(world: World, pull: PullRow, head: string, pusher: UserRow, push: { added: readonly string[]; forced: boolean }): boolean {
  return world.database.transaction(() => {
    const moved = world.database.run('UPDATE pulls SET head_sha = ? WHERE issue_id = ? AND head_sha = ? AND merged_at IS NULL', head, pull.id, pull.head_sha);
    if (moved.changes === 0) return false;
    const body = JSON.stringify({ is_force_push: push.forced, commit_ids: push.forced ? [pull.head_sha, head] : push.added });
    insertEvent(world, pull.id, 'pull_push', pusher.id, { body, old_text: pull.head_sha, new_text: head });
    reviewsMeetHead(world, pull.id, head, protectionOf(world, pull.repo_id, pull.base)?.dismiss_stale_approvals ?? false);
    world.checks.touch(pull.id);
    keepHead(world, pullById(world, pull.id));
    return true;
  });
}

/** Refuses to reopen what has lost its branch, and takes over where the branch is now. Call before the change of state. */
export function mayReopen(world: World, issue: number): void {
  const pull = pullById(world, issue);
  const tip = headTip(world, pull);
  if (tip === null) throw invalid(`cannot reopen: the branch ${pull.head} does not exist`);
  world.database.run('UPDATE pulls SET head_sha = ? WHERE issue_id = ?', tip, issue);
  reviewsMeetHead(world, issue, tip, false);
  world.checks.touch(issue);
}
