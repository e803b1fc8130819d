import type { Reviewable } from './observe.ts';

/** A failed session is tried again at most twice on the same head (R5). */
const tries = 3;

export type ReviewStep =
  | { readonly do: 'review'; readonly of: Reviewable }
  | { readonly do: 'wait'; readonly reason: string }
  | { readonly do: 'nothing'; readonly reason: string };

/** The oldest head that is green, or that no CI tests. Red and pending heads are not worth a reviewer's time. Pure. */
export function decideReviewStep(open: readonly Reviewable[]): ReviewStep {
  const able = open.filter((one) => one.failures < tries);
  const ready = able.find((one) => one.checks === 'success' || one.checks === 'none');
  if (ready !== undefined) return { do: 'review', of: ready };
  const pending = able.filter((one) => one.checks === 'pending').map((one) => `#${one.pullRequest.number}`);
  if (pending.length > 0) return { do: 'wait', reason: `${pending.join(', ')} wait${pending.length > 1 ? '' : 's'} for CI` };
  return { do: 'nothing', reason: 'every head that can be reviewed is reviewed' };
}
