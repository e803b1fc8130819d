import { setState } from './issue.ts';
import { notifyIssue } from './notify.ts';
import { refsChanged, whileBusy } from './pushed.ts';
import { mergeBaseOf } from '../git/merge.ts';
import { branchRef, readRef, zero } from '../git/ref.ts';
import { mentionsIn } from '../rules/mention.ts';
import { protectionOf } from '../rules/protection.ts';
import { insertEvent } from '../store/event.ts';
import { findIssue, issueById } from '../store/issue.ts';
import { openPullsFrom, pullById, type PullRow } from '../store/pull.ts';
import { repositoryById, repositoryPath, type RepositoryRow } from '../store/repository.ts';
import { userById, type UserRow } from '../store/user.ts';
import { seconds, type World } from '../world.ts';

/** A merge about to happen, written down before git moves the branch. */
export interface Intent {
  readonly issue_id: number;
  readonly merge_sha: string;
  readonly base_before: string;
  readonly user_id: number;
  readonly delete_branch: number;
}

/** Records a merge that git has. Every part is safe to repeat; the intent goes last. */
export async function finishMerge(world: World, intent: Intent): Promise<void> {
  const pull = pullById(world, intent.issue_id);
  const repository = repositoryById(world, pull.repo_id);
  const doer = userById(world, intent.user_id);
  if (pull.merged_at === null) recordMerge(world, repository, pull, doer, intent);
  await refsChanged(world, repository, doer, [{ ref: branchRef(pull.base), before: intent.base_before, after: intent.merge_sha }]);
  if (intent.delete_branch === 1) await deleteMergedBranch(world, repository, pull, doer);
  world.database.run('DELETE FROM merge_intents WHERE issue_id = ?', pull.id);
}

function recordMerge(world: World, repository: RepositoryRow, pull: PullRow, doer: UserRow, intent: Intent): void {
  const now = seconds(world);
  world.database.transaction(() => {
    world.database.run(
      'UPDATE pulls SET merged_at = ?, merged_by = ?, merge_sha = ?, base_sha = ? WHERE issue_id = ?',
      now,
      doer.id,
      intent.merge_sha,
      intent.base_before,
      pull.id,
    );
    world.database.run("UPDATE issues SET state = 'closed', closed_at = ? WHERE id = ?", now, pull.id);
    insertEvent(world, pull.id, 'merge_pull', doer.id, { ref_sha: intent.merge_sha });
    closeNamed(world, repository, pull, doer);
  });
  notifyIssue(world, pull.id, doer, 'state', 'closed');
}

function closeNamed(world: World, repository: RepositoryRow, pull: PullRow, doer: UserRow): void {
  for (const number of mentionsIn(`${pull.title}\n${pull.body}`, `${repository.owner}/${repository.name}`).closes) {
    const issue = findIssue(world, repository.id, number);
    if (issue !== undefined && issue.pull === 0) setState(world, issueById(world, issue.id), doer, 'closed');
  }
}

/** Left alone: a protected branch, one that another open pull request uses, one that moved on. */
async function deleteMergedBranch(world: World, repository: RepositoryRow, pull: PullRow, doer: UserRow): Promise<void> {
  if (pull.head_repo !== null || protectionOf(world, repository.id, pull.head) !== null || openPullsFrom(world, repository.id, pull.head).length > 0) return;
  const deleted = await deleteBranch(world, repository, pull.head, pull.head_sha, doer);
  // Only a deletion that was part of the merge is told: later ones leave nothing on a merged pull request.
  if (deleted) insertEvent(world, pull.id, 'delete_branch', doer.id, { old_text: pull.head });
}

/** Deletes a branch that is still at `tip`. False: it is not. */
export async function deleteBranch(world: World, repository: RepositoryRow, branch: string, tip: string, doer: UserRow): Promise<boolean> {
  return whileBusy(world, repository.id, async () => {
    const { code } = await world.git.run(repositoryPath(world, repository), ['update-ref', '-d', branchRef(branch), tip], { answers: [1, 128] });
    if (code !== 0) return false;
    await refsChanged(world, repository, doer, [{ ref: branchRef(branch), before: tip, after: zero }]);
    return true;
  });
}

/**
 * Finishes merges that a dead process left between git and the database: all of them, or that of one pull request. An intent that git has
 * not carried out stays until the next merge replaces it: the dead process's last git command may still be running.
 */
export async function healMerges(world: World, only: number | null = null): Promise<void> {
  const intents = world.database.all<Intent>('SELECT * FROM merge_intents WHERE ? IS NULL OR issue_id = ?', only, only);
  for (const intent of intents) {
    const pull = pullById(world, intent.issue_id);
    if (world.busy.has(pull.repo_id)) continue;
    const folder = repositoryPath(world, repositoryById(world, pull.repo_id));
    const tip = readRef(folder, branchRef(pull.base));
    if (tip === null || tip === intent.base_before) continue;
    const landed = (await mergeBaseOf(world.git, folder, tip, intent.merge_sha)) === intent.merge_sha;
    if (landed) await whileBusy(world, pull.repo_id, () => finishMerge(world, intent));
  }
}
