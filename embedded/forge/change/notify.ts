import { showPayloadCommit } from '../shape/commit.ts';
import { showComment, showIssue } from '../shape/issue.ts';
import { showPull } from '../shape/pull.ts';
import { showRepository, showUser } from '../shape/repository.ts';
import type { Json, Shape } from '../shape/shape.ts';
import { globPattern } from '../rules/glob.ts';
import { readCommits } from '../git/commit.ts';
import type { EventRow } from '../store/event.ts';
import { listHooks, type HookRow } from '../store/hook.ts';
import { issueById, type IssueRow } from '../store/issue.ts';
import { pullById } from '../store/pull.ts';
import { repositoryById, repositoryPath, type RepositoryRow } from '../store/repository.ts';
import type { ReviewRow } from '../store/review.ts';
import type { StatusRow } from '../store/status.ts';
import type { UserRow } from '../store/user.ts';
import { timeText, type World } from '../world.ts';

/** The coarse event that Gitea names for each finer one, where they differ. */
const coarse: Readonly<Record<string, string>> = {
  issue_label: 'issues',
  issue_assign: 'issues',
  pull_request_label: 'pull_request',
  pull_request_assign: 'pull_request',
  pull_request_sync: 'pull_request',
  pull_request_comment: 'issue_comment',
  pull_request_review_approved: 'pull_request_approved',
  pull_request_review_rejected: 'pull_request_rejected',
  pull_request_review_comment: 'pull_request_comment',
};

/** `issues` subscribes to every issue event, `pull_request` to every pull request event, `pull_request_review` to every review. */
export function wants(events: readonly string[], type: string): boolean {
  if (events.includes(type)) return true;
  if (type.startsWith('issue')) return events.includes('issues');
  if (type.startsWith('pull_request_review')) return events.includes('pull_request') || events.includes('pull_request_review');
  return type.startsWith('pull_request') && (events.includes('pull_request') || (type === 'pull_request_comment' && events.includes('issue_comment')));
}

const shapeFor = (world: World, sender: UserRow): Shape => ({ world, origin: world.url(), viewer: sender });

/** Queues an event for the hooks that asked for it. The payload is built only when one did. */
export function notify(
  world: World,
  repository: RepositoryRow,
  type: string,
  about: { sender: UserRow; branch?: string },
  payload: (shape: Shape) => Json,
): void {
  const hooks = listHooks(world, repository.id).filter(
    (hook) =>
      hook.active === 1 &&
      wants(JSON.parse(hook.events) as string[], type) &&
      (about.branch === undefined || hook.branch_filter === '' || globPattern(hook.branch_filter, '/').test(about.branch)),
  );
  sendTo(world, repository, hooks, type, about.sender, payload);
}

/** Queues an event for these hooks, whatever they asked for. */
export function sendTo(
  world: World,
  repository: RepositoryRow,
  hooks: readonly HookRow[],
  type: string,
  sender: UserRow,
  payload: (shape: Shape) => Json,
): void {
  if (hooks.length === 0) return;
  const shape = shapeFor(world, sender);
  const body = JSON.stringify({ ...payload(shape), repository: showRepository(shape, repository), sender: showUser(shape, sender) }, null, 2);
  for (const hook of hooks) world.deliveries.send({ hook, event: coarse[type] ?? type, eventType: type, body });
}

/** Tells of a change to an issue or pull request; `part` chooses the finer event. */
export function notifyIssue(world: World, issue: number, sender: UserRow, part: 'state' | 'label' | 'assign' | 'sync', action: string): void {
  const row = issueById(world, issue);
  const repository = repositoryById(world, row.repo_id);
  const finer = { state: row.pull === 1 ? '' : 's', label: '_label', assign: '_assign', sync: '_sync' }[part];
  if (row.pull === 0) {
    notify(world, repository, `issue${finer}`, { sender }, (shape) => ({
      action,
      number: row.number,
      issue: showIssue(shape, repository, row),
      commit_id: '',
    }));
    return;
  }
  const pull = pullById(world, issue);
  notify(world, repository, `pull_request${finer}`, { sender, branch: pull.base }, (shape) => ({
    action,
    number: row.number,
    pull_request: showPull(shape, repository, pull),
    requested_reviewer: null,
    commit_id: '',
    review: null,
  }));
}

export function notifyComment(world: World, repository: RepositoryRow, issue: IssueRow, comment: EventRow, sender: UserRow, action: string): void {
  notify(world, repository, issue.pull === 1 ? 'pull_request_comment' : 'issue_comment', { sender }, (shape) => ({
    action,
    issue: showIssue(shape, repository, issue),
    pull_request: issue.pull === 1 ? showPull(shape, repository, pullById(world, issue.id)) : null,
    comment: showComment(shape, repository, issue, comment),
    is_pull: issue.pull === 1,
  }));
}

export function notifyReview(world: World, repository: RepositoryRow, review: ReviewRow, sender: UserRow): void {
  const pull = pullById(world, review.issue_id);
  const part = review.state === 'APPROVED' ? 'approved' : review.state === 'REQUEST_CHANGES' ? 'rejected' : 'comment';
  notify(world, repository, `pull_request_review_${part}`, { sender, branch: pull.base }, (shape) => ({
    action: 'reviewed',
    number: pull.number,
    pull_request: showPull(shape, repository, pull),
    requested_reviewer: null,
    commit_id: review.commit_id,
    review: { type: `pull_request_review_${part}`, content: review.body },
  }));
}

/** The payload carries the commit, which is read first; a commit that cannot be read is left out. */
export async function notifyStatus(world: World, repository: RepositoryRow, status: StatusRow, sender: UserRow): Promise<void> {
  if (!listHooks(world, repository.id).some((hook) => hook.active === 1)) return;
  const [commit] = await readCommits(world.git, repositoryPath(world, repository), [status.sha]);
  notify(world, repository, 'status', { sender }, (shape) => ({
    commit: commit === undefined ? null : showPayloadCommit(shape, repository, commit),
    context: status.context,
    created_at: timeText(status.created_at),
    description: status.description,
    id: status.id,
    sha: status.sha,
    state: status.state,
    target_url: status.target_url,
    updated_at: timeText(status.created_at),
  }));
}
