import { expect, it } from 'vitest';
import { createPeople } from '../people.ts';
import type { Review } from '../pull-request.ts';
import { asSha } from '../sha.ts';
import { untrusted } from '../untrusted.ts';
import { reviewState } from '../verdict.ts';

const head = asSha('a'.repeat(40));
const earlier = asSha('b'.repeat(40));
const people = createPeople({ maintainers: ['maintainer', 'owner'], agents: ['dev', 'reviewer', 'ci'] });
const review = (id: number, author: string, verdict: Review['verdict'], part: Partial<Review> = {}): Review => ({
  id,
  author,
  verdict,
  head,
  body: untrusted('APPROVE'),
  stale: false,
  dismissed: false,
  submittedAt: new Date(id),
  ...part,
});
const state = (...reviews: readonly Review[]) => reviewState(reviews, head, 'dev', { reviewers: new Set(['reviewer']), people });

it.each<[string, readonly Review[], string]>([
  ['no review', [], 'none'],
  ['ours approves', [review(1, 'reviewer', 'approved')], 'approved'],
  ['a maintainer approves', [review(1, 'maintainer', 'approved')], 'approved'],
  ['an outsider approves', [review(1, 'outsider', 'approved')], 'none'],
  ['another of our agents approves', [review(1, 'ci', 'approved')], 'none'],
  ['L15: the author approves', [review(1, 'dev', 'approved')], 'none'],
  ['a comment that says APPROVE', [review(1, 'reviewer', 'commented')], 'none'],
  ['M10: a stale approval', [review(1, 'reviewer', 'approved', { stale: true })], 'none'],
  ['M10: a dismissed approval', [review(1, 'reviewer', 'approved', { dismissed: true })], 'none'],
  ['M10: an approval of an earlier head', [review(1, 'reviewer', 'approved', { head: earlier })], 'none'],
  ['ours asks for changes', [review(1, 'reviewer', 'changes-requested')], 'changes-requested'],
  ['M9: one approves, one asks for changes', [review(1, 'reviewer', 'approved'), review(2, 'maintainer', 'changes-requested')], 'changes-requested'],
  ['M9: whatever their order', [review(1, 'maintainer', 'changes-requested'), review(2, 'reviewer', 'approved')], 'changes-requested'],
  ['M15: the same reviewer changed its mind', [review(1, 'reviewer', 'changes-requested'), review(2, 'reviewer', 'approved')], 'approved'],
  ['M15: and back', [review(3, 'reviewer', 'changes-requested'), review(2, 'reviewer', 'approved')], 'changes-requested'],
  ['a later comment takes nothing back', [review(1, 'reviewer', 'changes-requested'), review(2, 'reviewer', 'commented')], 'changes-requested'],
  ['an outsider asks for changes', [review(1, 'outsider', 'changes-requested')], 'none'],
])('%s', (_, reviews, verdict) => expect(state(...reviews).verdict).toBe(verdict));

it('names the approval that a merge rests on, and every review that asks', () => {
  expect(state(review(4, 'reviewer', 'approved')).approval?.id).toBe(4);
  expect(state(review(4, 'reviewer', 'changes-requested'), review(5, 'owner', 'changes-requested'))).toEqual({
    verdict: 'changes-requested',
    asked: [4, 5],
    approval: null,
  });
});
