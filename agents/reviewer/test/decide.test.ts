import { expect, it } from 'vitest';
import { ReviewAnswer } from '../answer.ts';
import { decideReviewStep } from '../decide.ts';
import type { Reviewable } from '../observe.ts';
import { reviewable } from './sample.ts';

it.each<[string, readonly Reviewable[], string]>([
  ['nothing', [], 'nothing'],
  ['a green head', [reviewable(1)], 'review'],
  ['I5: a head without CI', [reviewable(1, { checks: 'none' })], 'review'],
  ['I10: a pending head', [reviewable(1, { checks: 'pending' })], 'wait'],
  ['I10: a red head', [reviewable(1, { checks: 'failure' })], 'nothing'],
  ['R5: a head whose review failed twice', [reviewable(1, { failures: 2 })], 'review'],
  ['R5: a head whose review failed three times', [reviewable(1, { failures: 3 })], 'nothing'],
])('%s', (_, open, step) => expect(decideReviewStep(open).do).toBe(step));

it('takes the first that is ready and names what waits', () => {
  const waiting = [reviewable(1, { checks: 'pending' }), reviewable(2, { checks: 'pending' })];
  expect(decideReviewStep([...waiting, reviewable(3)])).toMatchObject({ do: 'review', of: { pullRequest: { number: 3 } } });
  expect(decideReviewStep(waiting)).toEqual({ do: 'wait', reason: '#1, #2 wait for CI' });
  expect(decideReviewStep(waiting.slice(1))).toEqual({ do: 'wait', reason: '#2 waits for CI' });
});

it.each([
  ['approve', 'approve'],
  ['APPROVE', 'approve'],
  ['REQUEST-CHANGES', 'request_changes'],
  [' Request_Changes ', 'request_changes'],
  ['Discuss', 'discuss'],
])('R3: a verdict may be written as %j', (written, read) => expect(ReviewAnswer.parse({ verdict: written, summary: '' }).verdict).toBe(read));

it.each(['approved', 'LGTM', '', 'approve or discuss'])('R3: %j is no verdict', (written) => {
  expect(ReviewAnswer.safeParse({ verdict: written, summary: '' }).success).toBe(false);
});
