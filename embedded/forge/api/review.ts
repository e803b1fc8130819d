import { notifyReview } from '../change/notify.ts';
import { needText, records, text, whole, type Input } from '../fields.ts';
import { resolveCommit } from '../git/commit.ts';
import { diffHunk } from '../git/diff.ts';
import { forbidden, invalid, notFound } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, wholeList, type Call, type Route } from '../route.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { countsAsOfficial, protectionOf } from '../rules/protection.ts';
import { showReview, showReviewComment } from '../shape/pull.ts';
import { insertEvent } from '../store/event.ts';
import { commentsOfReview, findReview, listReviews, type ReviewRow } from '../store/review.ts';
import type { UserRow } from '../store/user.ts';
import { seconds } from '../world.ts';
import { needPullTarget, type PullTarget } from './pull.ts';

const states: Readonly<Record<string, ReviewRow['state']>> = {
  APPROVED: 'APPROVED', APPROVE: 'APPROVED', REQUEST_CHANGES: 'REQUEST_CHANGES', COMMENT: 'COMMENT', PENDING: 'PENDING', '': 'PENDING',
};

interface Inline {
  readonly path: string;
  readonly line: number;
  readonly oldLine: number;
  readonly body: string;
  readonly hunk: string;
}

interface Draft {
  readonly state: ReviewRow['state'];
  readonly body: string;
  readonly commit: string;
  readonly comments: readonly Inline[];
}

function judgedState(target: PullTarget, user: UserRow, event: string, body: string, comments: number): ReviewRow['state'] {
  const state = states[event.toUpperCase()];
  if (state === undefined) throw invalid(`unknown review event: ${event}`);
  const own = user.id === target.pull.author_id;
  if (state === 'APPROVED' && own) throw invalid('approve your own pull is not allowed');
  if (state === 'REQUEST_CHANGES' && own) throw invalid('reject your own pull is not allowed');
  if (target.pull.state === 'closed' && state !== 'COMMENT') throw invalid("can't submit a review for a closed pull request");
  if (body.trim() === '' && comments === 0 && (state === 'COMMENT' || state === 'REQUEST_CHANGES')) throw invalid('review event needs a body');
  return state;
}

async function readDraft(call: Call, target: PullTarget, user: UserRow): Promise<Draft> {
  const { folder, pull } = target;
  const body = text(call.input, 'body') ?? '';
  const wanted = records(call.input, 'comments') ?? [];
  const state = judgedState(target, user, text(call.input, 'event') ?? '', body, wanted.length);
  const named = text(call.input, 'commit_id') ?? '';
  const commit = named === '' || named === pull.head_sha ? pull.head_sha : await resolveCommit(call.world.git, folder, named);
  if (commit === null) throw notFound(`commit does not exist: ${named}`);
  const comments = await Promise.all(wanted.map(async (input) => readInline(call, target, commit, input)));
  return { state, body, commit, comments };
}

async function readInline(call: Call, { folder, pull }: PullTarget, commit: string, input: Input): Promise<Inline> {
  const path = needText(input, 'path');
  const line = whole(input, 'new_position') ?? 0;
  const hunk = line > 0 ? await diffHunk(call.world.git, folder, { from: pull.merge_base, to: commit, path, line }) : '';
  return { path, line, oldLine: whole(input, 'old_position') ?? 0, body: needText(input, 'body'), hunk };
}

/** Writes the review; an approval or rejection that counts takes the place of the account's earlier ones. */
function insertReview(call: Call, { repository, pull }: PullTarget, user: UserRow, draft: Draft): ReviewRow {
  const { world } = call;
  const verdict = draft.state === 'APPROVED' || draft.state === 'REQUEST_CHANGES';
  const writes = reaches(accessOf(world, repository, user), 'write');
  const official = verdict && countsAsOfficial(protectionOf(world, repository.id, pull.base), user, writes);
  return world.database.transaction(() => {
    const now = seconds(world);
    if (verdict) world.database.run('UPDATE reviews SET official = 0 WHERE issue_id = ? AND author_id = ?', pull.id, user.id);
    const stale = verdict && draft.commit !== (findHead(call, pull.id) ?? pull.head_sha);
    const { id } = world.database.run(
      'INSERT INTO reviews (issue_id, author_id, state, body, commit_id, official, stale, dismissed, submitted_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)',
      pull.id, user.id, draft.state, draft.body, draft.commit, official ? 1 : 0, stale ? 1 : 0, now, now,
    );
    for (const comment of draft.comments) {
      world.database.run(
        'INSERT INTO review_comments (review_id, path, position, old_position, body, commit_id, diff_hunk, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        id, comment.path, comment.line, comment.oldLine, comment.body, draft.commit, comment.hunk, now, now,
      );
    }
    if (draft.state !== 'PENDING') insertEvent(world, pull.id, 'review', user.id, { review_id: id, body: draft.body });
    const review = findReview(world, pull.id, id);
    if (review === undefined) throw new Error('the review vanished while it was made');
    return review;
  });
}

const findHead = (call: Call, pull: number): string | undefined =>
  call.world.database.get<{ head_sha: string }>('SELECT head_sha FROM pulls WHERE issue_id = ?', pull)?.head_sha;

async function needReview(call: Call): Promise<PullTarget & { review: ReviewRow }> {
  const target = await needPullTarget(call);
  const review = findReview(call.world, target.pull.id, Number(param(call, 'review')));
  if (review === undefined) throw notFound();
  return { ...target, review };
}

async function dismiss(call: Call, dismissed: 0 | 1): Promise<ReturnType<typeof json>> {
  const { repository, pull, review } = await needReview(call);
  const user = needCaller(call);
  needRepository(call, 'admin');
  if (review.state !== 'APPROVED' && review.state !== 'REQUEST_CHANGES') throw forbidden('not need to dismiss this review because it is not an approval or a rejection');
  call.world.database.run('UPDATE reviews SET dismissed = ?, updated_at = ? WHERE id = ?', dismissed, seconds(call.world), review.id);
  if (dismissed === 1) insertEvent(call.world, pull.id, 'dismiss_review', user.id, { review_id: review.id, body: text(call.input, 'message') ?? '' });
  call.world.checks.touch(pull.id);
  return json(200, showReview(call.shape, repository, pull, findReview(call.world, pull.id, review.id) ?? review));
}

const reviewPath = '/repos/:owner/:repo/pulls/:index/reviews';

export const reviewRoutes: readonly Route[] = [
  route('repository', 'GET', reviewPath, async (call) => {
    const { repository, pull } = await needPullTarget(call);
    const mine = call.caller?.user.id;
    const rows = listReviews(call.world, pull.id).filter((review) => review.state !== 'PENDING' || review.author_id === mine);
    return pagedList(call, rows, (review) => showReview(call.shape, repository, pull, review));
  }),
  route('repository', 'POST', reviewPath, async (call) => {
    const target = await needPullTarget(call);
    const user = needCaller(call);
    const review = insertReview(call, target, user, await readDraft(call, target, user));
    call.world.checks.touch(target.pull.id);
    if (review.state !== 'PENDING') notifyReview(call.world, target.repository, review, user);
    return json(200, showReview(call.shape, target.repository, target.pull, review));
  }),
  route('repository', 'GET', `${reviewPath}/:review`, async (call) => {
    const { repository, pull, review } = await needReview(call);
    return json(200, showReview(call.shape, repository, pull, review));
  }),
  route('repository', 'POST', `${reviewPath}/:review`, async (call) => {
    const { repository, pull, folder, review } = await needReview(call);
    const user = needCaller(call);
    if (review.state !== 'PENDING' || review.author_id !== user.id) throw invalid('only your own pending review can be submitted');
    const body = text(call.input, 'body') ?? review.body;
    const state = judgedState({ repository, pull, folder }, user, needText(call.input, 'event'), body, commentsOfReview(call.world, review.id).length);
    const official = state !== 'COMMENT' && countsAsOfficial(protectionOf(call.world, repository.id, pull.base), user, reaches(accessOf(call.world, repository, user), 'write'));
    call.world.database.transaction(() => {
      if (official) call.world.database.run('UPDATE reviews SET official = 0 WHERE issue_id = ? AND author_id = ?', pull.id, user.id);
      call.world.database.run(
        'UPDATE reviews SET state = ?, body = ?, official = ?, stale = ?, submitted_at = ?, updated_at = ? WHERE id = ?',
        state, body, official ? 1 : 0, state !== 'COMMENT' && review.commit_id !== pull.head_sha ? 1 : 0, seconds(call.world), seconds(call.world), review.id,
      );
      insertEvent(call.world, pull.id, 'review', user.id, { review_id: review.id, body });
    });
    const submitted = findReview(call.world, pull.id, review.id) ?? review;
    call.world.checks.touch(pull.id);
    notifyReview(call.world, repository, submitted, user);
    return json(200, showReview(call.shape, repository, pull, submitted));
  }),
  route('repository', 'DELETE', `${reviewPath}/:review`, async (call) => {
    const { repository, review } = await needReview(call);
    const user = needCaller(call);
    if (review.author_id !== user.id && !reaches(accessOf(call.world, repository, user), 'admin')) throw forbidden('only the reviewer or an admin may delete a review');
    call.world.database.run('DELETE FROM reviews WHERE id = ?', review.id);
    return nothing();
  }),
  route('repository', 'GET', `${reviewPath}/:review/comments`, async (call) => {
    const { repository, pull, review } = await needReview(call);
    return wholeList(commentsOfReview(call.world, review.id).map((comment) => showReviewComment(call.shape, repository, pull, review, comment)));
  }),
  route('repository', 'POST', `${reviewPath}/:review/dismissals`, (call) => dismiss(call, 1)),
  route('repository', 'POST', `${reviewPath}/:review/undismissals`, (call) => dismiss(call, 0)),
];
