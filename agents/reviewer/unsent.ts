import type { Sha } from '#domain/sha';
import type { ReviewDraft } from '#forge';
import type { View } from '#forge/view';
import type { ReviewAnswer } from './answer.ts';

/** A review that a session was paid for, on its way to the forge. */
export interface FinishedReview {
  readonly answer: ReviewAnswer;
  readonly draft: ReviewDraft;
  /** The run whose session it came from. */
  readonly run: string;
}

const unsent = new WeakMap<View, Map<Sha, FinishedReview>>();

/** D14: when the forge does not take a review, the next run sends it again instead of paying for another session. */
export function keepUntilSent(view: View, review: FinishedReview): void {
  const kept = unsent.get(view) ?? new Map<Sha, FinishedReview>();
  unsent.set(view, kept.set(review.draft.head, review));
}

export function unsentReview(view: View, head: Sha): FinishedReview | null {
  return unsent.get(view)?.get(head) ?? null;
}

export function wasSent(view: View, head: Sha): void {
  unsent.get(view)?.delete(head);
}
