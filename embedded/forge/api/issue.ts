import { changeAssignees, editText, openIssue, setState } from '../change/issue.ts';
import { notifyIssue } from '../change/notify.ts';
import { needText, text, texts, type Input } from '../fields.ts';
import { forbidden, invalid, notFound, Refused, stumbled } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, type Call, type Route } from '../route.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { showIssue } from '../shape/issue.ts';
import { showEvent } from '../shape/timeline.ts';
import type { EventRow } from '../store/event.ts';
import { findIssue, issueById, needIssue, type IssueRow } from '../store/issue.ts';
import { knownLabels } from '../store/label.ts';
import { pullById } from '../store/pull.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { findUser } from '../store/user.ts';
import { timeOf } from './issue-list.ts';

export interface Target {
  readonly repository: RepositoryRow;
  readonly issue: IssueRow;
}

/** The issue or pull request that the path names. */
export function needTarget(call: Call, access: 'read' | 'write'): Target {
  const repository = needRepository(call, access);
  return { repository, issue: needIssue(call.world, repository.id, Number(param(call, 'index'))) };
}

/** Comments and timeline of a number that nothing has are a 500 on the real forge, not a 404. */
export function needTargetOrStumble(call: Call): Target {
  const repository = needRepository(call, 'read');
  const issue = findIssue(call.world, repository.id, Number(param(call, 'index')));
  if (issue === undefined) throw stumbled();
  return { repository, issue };
}

/** Lets through the author, and who may write. */
export function demandAuthorOrWriter(call: Call, repository: RepositoryRow, author: number): void {
  const user = needCaller(call);
  if (user.id !== author && !reaches(accessOf(call.world, repository, user), 'write')) throw forbidden('only the author or a collaborator may change this');
}

/** What PATCH changes on issues and pull requests alike. */
export function applyEdit(call: Call, { repository, issue }: Target, input: Input): void {
  const { world } = call;
  const user = needCaller(call);
  demandAuthorOrWriter(call, repository, issue.author_id);
  const assignee = text(input, 'assignee');
  const assignees = texts(input, 'assignees') ?? (assignee === null ? null : [assignee].filter((login) => login !== ''));
  const state = text(input, 'state');
  if (state !== null && state !== 'open' && state !== 'closed') throw invalid(`unknown state: ${state}`);
  if (assignees !== null && !reaches(accessOf(world, repository, user), 'write')) throw forbidden('only a collaborator may assign');
  editText(world, issue, user, { title: text(input, 'title'), body: text(input, 'body') });
  if (assignees !== null) assign(call, issue, assignees);
  if (state === null) return;
  if (issue.pull === 1 && pullById(world, issue.id).merged_at !== null) {
    throw new Refused(412, 'cannot change state of this pull request, it was already merged');
  }
  setState(world, issueById(world, issue.id), user, state);
}

function assign(call: Call, issue: IssueRow, logins: readonly string[]): void {
  const user = needCaller(call);
  // On creation the real forge has words for this.
  if (logins.some((login) => findUser(call.world, login) === undefined)) throw stumbled();
  const { added, removed } = changeAssignees(call.world, issue, user, logins);
  if (added > 0) notifyIssue(call.world, issue.id, user, 'assign', 'assigned');
  if (removed > 0) notifyIssue(call.world, issue.id, user, 'assign', 'unassigned');
}

export const issueRoutes: readonly Route[] = [
  route('issue', 'POST', '/repos/:owner/:repo/issues', (call) => {
    const repository = needRepository(call, 'read');
    const user = needCaller(call);
    const writes = reaches(accessOf(call.world, repository, user), 'write');
    const wanted = call.input['labels'];
    const labels = Array.isArray(wanted) ? wanted.filter((id) => typeof id === 'number') : [];
    const assignee = text(call.input, 'assignee') ?? '';
    const assignees = texts(call.input, 'assignees') ?? (assignee === '' ? [] : [assignee]);
    const issue = openIssue(call.world, repository, user, {
      title: needText(call.input, 'title'),
      body: text(call.input, 'body') ?? '',
      // As Gitea: who may not label or assign is not refused, the wish is left out.
      labels: writes ? knownLabels(call.world, repository.id, labels) : [],
      assignees: writes ? assignees : [],
    });
    if (call.input['closed'] === true) setState(call.world, issue, user, 'closed');
    return json(201, showIssue(call.shape, repository, issueById(call.world, issue.id)));
  }),
  route('issue', 'GET', '/repos/:owner/:repo/issues/:index', (call) => {
    const { repository, issue } = needTarget(call, 'read');
    return json(200, showIssue(call.shape, repository, issue));
  }),
  route('issue', 'PATCH', '/repos/:owner/:repo/issues/:index', (call) => {
    const target = needTarget(call, 'read');
    applyEdit(call, target, call.input);
    return json(201, showIssue(call.shape, target.repository, issueById(call.world, target.issue.id)));
  }),
  route('issue', 'DELETE', '/repos/:owner/:repo/issues/:index', (call) => {
    const repository = needRepository(call, 'admin');
    const issue = needIssue(call.world, repository.id, Number(param(call, 'index')));
    if (issue.pull === 1) throw notFound();
    call.world.database.run('DELETE FROM issues WHERE id = ?', issue.id);
    return nothing();
  }),
  route('issue', 'GET', '/repos/:owner/:repo/issues/:index/timeline', (call) => {
    const { repository, issue } = needTargetOrStumble(call);
    const since = timeOf(call, 'since') ?? 0;
    const before = timeOf(call, 'before') ?? Number.MAX_SAFE_INTEGER;
    const rows = call.world.database.all<EventRow>(
      'SELECT * FROM events WHERE issue_id = ? AND updated_at >= ? AND updated_at <= ? ORDER BY created_at, id',
      issue.id,
      since,
      before,
    );
    return pagedList(call, rows, (row) => showEvent(call.shape, repository, issue, row));
  }),
];
