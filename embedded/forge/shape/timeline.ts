import type { EventRow } from '../store/event.ts';
import { issueById, type IssueRow } from '../store/issue.ts';
import { findLabel, type LabelRow } from '../store/label.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { timeText } from '../world.ts';
import { issuePage, showIssue, showLabel } from './issue.ts';
import { showUserId } from './repository.ts';
import type { Json, Shape } from './shape.ts';

/** An entry of the timeline. Of `label` entries the body is "1" when it was added and empty when removed. */
export function showEvent(shape: Shape, repository: RepositoryRow, issue: IssueRow, event: EventRow): Json {
  const page = issuePage(shape, repository, issue);
  const referred = event.ref_issue_id === null ? null : issueById(shape.world, event.ref_issue_id);
  return {
    id: event.id,
    type: event.kind,
    html_url: `${page}#issuecomment-${event.id}`,
    pull_request_url: issue.pull === 1 ? page : '',
    issue_url: issue.pull === 1 ? '' : page,
    user: showUserId(shape, event.author_id),
    body: event.body,
    created_at: timeText(event.created_at),
    updated_at: timeText(event.updated_at),
    old_project_id: 0,
    project_id: 0,
    old_milestone: null,
    milestone: null,
    tracked_time: null,
    old_title: event.kind === 'change_title' ? event.old_text : '',
    new_title: event.kind === 'change_title' ? event.new_text : '',
    old_ref: event.kind === 'change_title' ? '' : event.old_text,
    new_ref: event.kind === 'change_title' ? '' : event.new_text,
    ref_issue: referred === null ? null : showIssue(shape, repository, referred),
    ref_comment: null,
    ref_action: event.ref_action,
    ref_commit_sha: event.ref_sha,
    review_id: event.review_id ?? 0,
    label: showEventLabel(shape, repository, event),
    assignee: event.assignee_id === null ? null : showUserId(shape, event.assignee_id),
    assignee_team: null,
    removed_assignee: event.kind === 'assignees' && event.removed === 1,
    resolve_doer: null,
    dependent_issue: null,
  };
}

function showEventLabel(shape: Shape, repository: RepositoryRow, event: EventRow): Json | null {
  if (event.label_id === null) return null;
  const label = findLabel(shape.world, repository.id, event.label_id);
  const gone: LabelRow = {
    id: event.label_id,
    repo_id: repository.id,
    name: event.label_name ?? '',
    color: event.label_color ?? '',
    description: '',
    exclusive: 0,
    archived: 0,
  };
  return showLabel(shape, repository, label ?? gone);
}
