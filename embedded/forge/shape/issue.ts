import type { EventRow } from '../store/event.ts';
import { assigneesOf, commentCount, type IssueRow } from '../store/issue.ts';
import { labelsOf, type LabelRow } from '../store/label.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { timeText } from '../world.ts';
import { showUser, showUserId } from './repository.ts';
import { repositoryApi, repositoryPage, type Json, type Shape } from './shape.ts';

export const showLabel = (shape: Shape, repository: RepositoryRow, label: LabelRow): Json => ({
  id: label.id,
  name: label.name,
  exclusive: label.exclusive === 1,
  is_archived: label.archived === 1,
  color: label.color,
  description: label.description,
  url: `${repositoryApi(shape, repository)}/labels/${label.id}`,
});

export const issuePage = (shape: Shape, repository: RepositoryRow, issue: IssueRow): string =>
  `${repositoryPage(shape, repository)}/${issue.pull === 1 ? 'pulls' : 'issues'}/${issue.number}`;

const isDraft = (title: string): boolean => /^(?:wip:|\[wip\])/i.test(title);

function pullMeta(shape: Shape, repository: RepositoryRow, issue: IssueRow): Json | null {
  if (issue.pull === 0) return null;
  const row = shape.world.database.get<{ merged_at: number | null }>('SELECT merged_at FROM pulls WHERE issue_id = ?', issue.id);
  const mergedAt = row?.merged_at ?? null;
  return { merged: mergedAt !== null, merged_at: timeText(mergedAt), draft: isDraft(issue.title), html_url: issuePage(shape, repository, issue) };
}

/** Fields that issues and pull requests have in common. */
export function showIssueFields(shape: Shape, repository: RepositoryRow, issue: IssueRow): Json {
  const assignees = assigneesOf(shape.world, issue.id).map((user) => showUser(shape, user));
  return {
    id: issue.id,
    number: issue.number,
    html_url: issuePage(shape, repository, issue),
    user: showUserId(shape, issue.author_id),
    title: issue.title,
    body: issue.body,
    labels: labelsOf(shape.world, issue.id).map((label) => showLabel(shape, repository, label)),
    milestone: null,
    assignee: assignees[0] ?? null,
    assignees: assignees.length === 0 ? null : assignees,
    state: issue.state,
    is_locked: false,
    comments: commentCount(shape.world, issue.id),
    created_at: timeText(issue.created_at),
    updated_at: timeText(issue.updated_at),
    closed_at: timeText(issue.closed_at),
    due_date: null,
    pin_order: 0,
  };
}

export const showIssue = (shape: Shape, repository: RepositoryRow, issue: IssueRow): Json => ({
  ...showIssueFields(shape, repository, issue),
  url: `${repositoryApi(shape, repository)}/issues/${issue.number}`,
  original_author: '',
  original_author_id: 0,
  ref: '',
  assets: [],
  pull_request: pullMeta(shape, repository, issue),
  repository: { id: repository.id, name: repository.name, owner: repository.owner, full_name: `${repository.owner}/${repository.name}` },
});

/** A comment of an issue or pull request. */
export function showComment(shape: Shape, repository: RepositoryRow, issue: IssueRow, event: EventRow): Json {
  const page = issuePage(shape, repository, issue);
  return {
    id: event.id,
    html_url: `${page}#issuecomment-${event.id}`,
    pull_request_url: issue.pull === 1 ? page : '',
    issue_url: issue.pull === 1 ? '' : page,
    user: showUserId(shape, event.author_id),
    original_author: '',
    original_author_id: 0,
    body: event.body,
    assets: [],
    created_at: timeText(event.created_at),
    updated_at: timeText(event.updated_at),
  };
}
