import { finishMerge, type Intent } from './finish-merge.ts';
import { makeMerge, type MergeStyle } from '../git/merge.ts';
import { branchRef, readRef } from '../git/ref.ts';
import type { PullRow } from '../store/pull.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import { Refused } from '../refused.ts';
import { seconds, type World } from '../world.ts';

export interface MergeOrder {
  readonly style: MergeStyle;
  readonly message: string;
  readonly doer: UserRow;
  readonly deleteBranch: boolean;
}

/**
 * Makes the merge commit, writes down what is about to happen, moves the branch (only from the tip the commit was made on) and records
 * the result. A process that dies between the last two steps is healed by `healMerges`.
 */
export async function performMerge(world: World, repository: RepositoryRow, pull: PullRow, order: MergeOrder): Promise<void> {
  const folder = repositoryPath(world, repository);
  const person = { name: order.doer.full_name || order.doer.login, email: order.doer.email };
  for (let attempt = 1; ; attempt += 1) {
    const base = readRef(folder, branchRef(pull.base));
    if (base === null) throw new Refused(404, `the base branch ${pull.base} does not exist`);
    const plan = { style: order.style, base, head: pull.head_sha, message: order.message, person, at: seconds(world), scratch: world.chance.secret(6) };
    const made = await makeMerge(world.git, folder, plan);
    if (made.kind === 'conflict') throw new Refused(409, `merge conflict: ${pull.head} does not merge cleanly into ${pull.base}`);
    if (made.kind === 'not-fast-forward') throw new Refused(409, 'merge is not a fast-forward');
    if (await moveBase(world, repository, pull, order, base, made.sha)) return;
    if (attempt === 3) throw new Refused(409, `merge push out of date: ${pull.base} keeps moving`);
  }
}

/** False: the base moved since `before` was read. */
async function moveBase(world: World, repository: RepositoryRow, pull: PullRow, order: MergeOrder, before: string, merge: string): Promise<boolean> {
  const folder = repositoryPath(world, repository);
  const intent: Intent = { issue_id: pull.id, merge_sha: merge, base_before: before, user_id: order.doer.id, delete_branch: order.deleteBranch ? 1 : 0 };
  world.database.run(
    'INSERT OR REPLACE INTO merge_intents (issue_id, merge_sha, base_before, user_id, delete_branch) VALUES (?, ?, ?, ?, ?)',
    intent.issue_id,
    intent.merge_sha,
    intent.base_before,
    intent.user_id,
    intent.delete_branch,
  );
  const moved = await world.git.run(folder, ['update-ref', branchRef(pull.base), merge, before], { answers: [1, 128] });
  if (moved.code !== 0) {
    world.database.run('DELETE FROM merge_intents WHERE issue_id = ?', pull.id);
    if (readRef(folder, branchRef(pull.base)) !== before) return false;
    throw new Error(`git could not move ${pull.base}: ${moved.error.trim()}`);
  }
  await finishMerge(world, intent);
  return true;
}
