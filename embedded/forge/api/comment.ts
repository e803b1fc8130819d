import { addComment } from '../change/issue.ts';
import { notifyComment } from '../change/notify.ts';
import { needText } from '../fields.ts';
import { notFound } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, wholeList, type Call, type Route } from '../route.ts';
import { showComment } from '../shape/issue.ts';
import { findEvent, type EventRow } from '../store/event.ts';
import { issueById, type IssueRow } from '../store/issue.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { seconds } from '../world.ts';
import { timeOf } from './issue-list.ts';
import { demandAuthorOrWriter, needTarget, needTargetOrStumble } from './issue.ts';

function needComment(call: Call): { repository: RepositoryRow; issue: IssueRow; comment: EventRow } {
  const repository = needRepository(call, 'read');
  const comment = findEvent(call.world, Number(param(call, 'comment')));
  if (comment?.kind !== 'comment') throw notFound();
  const issue = issueById(call.world, comment.issue_id);
  if (issue.repo_id !== repository.id) throw notFound();
  return { repository, issue, comment };
}

export const commentRoutes: readonly Route[] = [
  // Not paged: `page` and `limit` mean nothing here, on Gitea and Forgejo alike.
  route('issue', 'GET', '/repos/:owner/:repo/issues/:index/comments', (call) => {
    const { repository, issue } = needTargetOrStumble(call);
    const since = timeOf(call, 'since') ?? 0;
    const before = timeOf(call, 'before') ?? Number.MAX_SAFE_INTEGER;
    const rows = call.world.database.all<EventRow>(
      "SELECT * FROM events WHERE issue_id = ? AND kind = 'comment' AND updated_at >= ? AND updated_at <= ? ORDER BY created_at, id",
      issue.id,
      since,
      before,
    );
    return wholeList(rows.map((row) => showComment(call.shape, repository, issue, row)));
  }),
  route('issue', 'POST', '/repos/:owner/:repo/issues/:index/comments', (call) => {
    const { repository, issue } = needTarget(call, 'read');
    const comment = addComment(call.world, repository, issue, needCaller(call), needText(call.input, 'body'));
    return json(201, showComment(call.shape, repository, issue, comment));
  }),
  route('issue', 'GET', '/repos/:owner/:repo/issues/comments', (call) => {
    const repository = needRepository(call, 'read');
    const since = timeOf(call, 'since') ?? 0;
    const rows = call.world.database.all<EventRow>(
      "SELECT events.* FROM events JOIN issues ON issues.id = events.issue_id WHERE issues.repo_id = ? AND kind = 'comment' AND events.updated_at >= ? ORDER BY events.created_at, events.id",
      repository.id,
      since,
    );
    return pagedList(call, rows, (row) => showComment(call.shape, repository, issueById(call.world, row.issue_id), row));
  }),
  route('issue', 'GET', '/repos/:owner/:repo/issues/comments/:comment', (call) => {
    const { repository, issue, comment } = needComment(call);
    return json(200, showComment(call.shape, repository, issue, comment));
  }),
  route('issue', 'PATCH', '/repos/:owner/:repo/issues/comments/:comment', (call) => {
    const { repository, issue, comment } = needComment(call);
    demandAuthorOrWriter(call, repository, comment.author_id);
    call.world.database.run('UPDATE events SET body = ?, updated_at = ? WHERE id = ?', needText(call.input, 'body'), seconds(call.world), comment.id);
    const edited = findEvent(call.world, comment.id) ?? comment;
    notifyComment(call.world, repository, issue, edited, needCaller(call), 'edited');
    return json(200, showComment(call.shape, repository, issue, edited));
  }),
  route('issue', 'DELETE', '/repos/:owner/:repo/issues/comments/:comment', (call) => {
    const { repository, issue, comment } = needComment(call);
    demandAuthorOrWriter(call, repository, comment.author_id);
    call.world.database.run('DELETE FROM events WHERE id = ?', comment.id);
    notifyComment(call.world, repository, issue, comment, needCaller(call), 'deleted');
    return nothing();
  }),
];
