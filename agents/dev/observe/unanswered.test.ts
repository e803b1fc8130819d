import { expect, it } from 'vitest';
import { reviewCause, reviewsOfCause } from '#dev/review-cause';
import type { Round } from '#dev/snapshot';
import type { Comment } from '#domain/issue';
import { keyMark } from '#domain/marker';
import type { Review } from '#domain/pull-request';
import { asSha } from '#domain/sha';
import { untrusted } from '#domain/untrusted';
import { unansweredReviews } from './unanswered.ts';

const sha = (digit: string) => asSha(digit.repeat(40));
const review = (id: number, head: string): Review => ({
  id,
  author: 'reviewer',
  verdict: 'changes-requested',
  head: sha(head),
  body: untrusted(''),
  stale: true,
  dismissed: false,
  submittedAt: new Date(0),
});
const round = (cause: string, task = 'address-review'): Round => ({ head: sha('c'), task, run: 'run_1', cause, at: '' });
const reply = (to: number, author: string): Comment => ({
  id: to,
  author,
  body: untrusted(`${keyMark(`reply-${to}`)}\nDone.`),
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const people = { isAgent: (login: string) => login === 'dev', isMaintainer: () => false };

it('a run that died between its push and its reply owes the reply to exactly the reviews that it addressed', () => {
  const rounds = [round('reviews 7, 9'), round('reviews 8', 'fix-checks'), round('review')];
  const reviews = [review(7, 'a'), review(8, 'a'), review(9, 'b')];
  const owed = unansweredReviews(rounds, reviews, [reply(7, 'dev'), reply(9, 'outsider')], people);
  expect(owed.map(({ review: id, from }) => [id, from])).toEqual([[9, sha('b')]]);
});

it('the cause of a round names its reviews', () => {
  expect(reviewsOfCause(reviewCause([3, 14]))).toEqual([3, 14]);
  expect(reviewsOfCause('check/test')).toEqual([]);
});
