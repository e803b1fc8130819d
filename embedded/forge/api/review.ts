import { notifyReview } from '../change/notify.ts';
import { insertReview, judgedState, readDraft, submitReview } from '../change/review.ts';
import { needText, text } from '../fields.ts';
import { forbidden, invalid, notFound } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, wholeList, type Call, type Route } from '../route.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { showReview, showReviewComment } from '../shape/pull.ts';
import { insertEvent } from '../store/event.ts';
import { commentsOfReview, findReview, listReviews, type ReviewRow } from '../store/review.ts';
import { seconds } from '../world.ts';
import { needPullTarget, type PullTarget } from './pull.ts';

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
  if (review.state !== 'APPROVED' && review.state !== 'REQUEST_CHANGES')
    throw forbidden('not need to dismiss this review because it is not an approval or a rejection');
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
    const review = insertReview(call.world, target, user, await readDraft(call.world, target, user, call.input));
    call.world.checks.touch(target.pull.id);
    if (review.state !== 'PENDING') notifyReview(call.world, target.repository, review, user);
    return json(200, showReview(call.shape, target.repository, target.pull, review));
  }),
  route('repository', 'GET', `${reviewPath}/:review`, async (call) => {
    const { repository, pull, review } = await needReview(call);
    return json(200, showReview(call.shape, repository, pull, review));
  }),
  route('repository', 'POST', `${reviewPath}/:review`, async (call) => {
    const target = await needReview(call);
    const { repository, pull, review } = target;
    const user = needCaller(call);
    if (review.state !== 'PENDING' || review.author_id !== user.id) throw invalid('only your own pending review can be submitted');
    const body = text(call.input, 'body') ?? review.body;
    const state = judgedState(target, user, needText(call.input, 'event'), body, commentsOfReview(call.world, review.id).length);
    const submitted = submitReview(call.world, target, user, review, { state, body });
    call.world.checks.touch(pull.id);
    notifyReview(call.world, repository, submitted, user);
    return json(200, showReview(call.shape, repository, pull, submitted));
  }),
  route('repository', 'DELETE', `${reviewPath}/:review`, async (call) => {
    const { repository, review } = await needReview(call);
    const user = needCaller(call);
    if (review.author_id !== user.id && !reaches(accessOf(call.world, repository, user), 'admin'))
      throw forbidden('only the reviewer or an admin may delete a review');
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
