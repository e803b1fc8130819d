import { changeAssignees, changeLabels } from './issue.ts';
import { keepHead } from './head.ts';
import { notifyIssue } from './notify.ts';
import { recordMentions } from './reference.ts';
import { listCommits } from '../git/commit.ts';
import { mergeBaseOf } from '../git/merge.ts';
import { branchRef, readRef } from '../git/ref.ts';
import { mergeState } from '../rules/merge-state.ts';
import { headTip, takeFrom } from '../rules/origin.ts';
import { insertEvent } from '../store/event.ts';
import { insertIssue } from '../store/issue.ts';
import type { LabelRow } from '../store/label.ts';
import { pullById, type PullRow } from '../store/pull.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import { invalid, notFound, Refused } from '../refused.ts';
import type { World } from '../world.ts';

export interface PullDraft {
  /** Branch name. */
  readonly head: string;
  /** The fork that it is in; null: in the repository itself. */
  readonly from: RepositoryRow | null;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly LabelRow[];
  readonly assignees: readonly string[];
}

/** Opens a pull request between two branches of the repository, or from one of a fork. 404: a branch is missing; 409: the same one is open. */
export async function openPull(world: World, repository: RepositoryRow, author: UserRow, draft: PullDraft): Promise<PullRow> {
  const folder = repositoryPath(world, repository);
  if (draft.from === null && draft.head === draft.base) throw invalid('head and base are the same branch');
  const tip = (branch: string): string => {
    const sha = readRef(folder, branchRef(branch));
    if (sha === null) throw notFound(`the branch ${branch} does not exist`);
    return sha;
  };
  const base = tip(draft.base);
  refuseSecond(world, repository, draft);
  const headNow = (): string => {
    const sha = headTip(world, { repo_id: repository.id, head_repo: draft.from?.id ?? null, head: draft.head });
    if (sha === null) throw notFound(`the branch ${draft.head} does not exist`);
    return sha;
  };
  const head = headNow();
  if (draft.from !== null) await takeFrom(world, draft.from, repository, draft.head);
  const mergeBase = await mergeBaseOf(world.git, folder, base, head);
  if (mergeBase === null) throw invalid(`${draft.head} and ${draft.base} have no common history`);
  const commits = await listCommits(world.git, folder, ['--reverse', '--max-count=250', `${mergeBase}..${head}`]);
  const pull = world.database.transaction(() => {
    refuseSecond(world, repository, draft);
    const made = insertPull(world, repository, author, draft, { head: draft.from === null ? headNow() : head, base, mergeBase });
    // As if the branch had been pushed to the pull request: its first event.
    insertEvent(world, made.id, 'pull_push', author.id, { body: JSON.stringify({ is_force_push: false, commit_ids: commits }), new_text: head });
    return made;
  });
  keepHead(world, pull);
  world.checks.touch(pull.id);
  mergeState(world, pull);
  notifyIssue(world, pull.id, author, 'state', 'opened');
  return pullById(world, pull.id);
}

function refuseSecond(world: World, repository: RepositoryRow, draft: PullDraft): void {
  const known = world.database.get<{ id: number; number: number }>(
    "SELECT issues.id, issues.number FROM pulls JOIN issues ON issues.id = pulls.issue_id WHERE pulls.repo_id = ? AND head = ? AND head_repo IS ? AND base = ? AND state = 'open'",
    repository.id,
    draft.head,
    draft.from?.id ?? null,
    draft.base,
  );
  if (known === undefined) return;
  throw new Refused(
    409,
    `pull request already exists for these targets [id: ${known.id}, issue_id: ${known.id}, index: ${known.number}, head_branch: ${draft.head}, base_branch: ${draft.base}]`,
  );
}

function insertPull(
  world: World,
  repository: RepositoryRow,
  author: UserRow,
  draft: PullDraft,
  shas: { head: string; base: string; mergeBase: string },
): PullRow {
  const issue = insertIssue(world, { repository: repository.id, author: author.id, title: draft.title, body: draft.body, pull: true });
  world.database.run(
    'INSERT INTO pulls (issue_id, repo_id, head, head_repo, base, head_sha, base_sha, merge_base) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    issue.id,
    repository.id,
    draft.head,
    draft.from?.id ?? null,
    draft.base,
    shas.head,
    shas.base,
    shas.mergeBase,
  );
  changeLabels(world, issue, author, { add: draft.labels, remove: [] });
  changeAssignees(world, issue, author, draft.assignees);
  recordMentions(world, repository, issue, `${draft.title}\n${draft.body}`, author, null);
  return pullById(world, issue.id);
}
