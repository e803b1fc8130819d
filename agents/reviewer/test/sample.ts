import { issue, pullRequest, sha } from '#domain/test/sample';
import type { Reviewable } from '../observe.ts';

/** A green head without a review. */
export function reviewable(number: number, part: Partial<Reviewable> = {}): Reviewable {
  return { pullRequest: pullRequest(number), issue: issue(1), comments: [], earlier: [], tip: sha('b'), checks: 'success', failures: 0, ...part };
}
