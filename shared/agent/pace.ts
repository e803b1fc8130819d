import type { RunEnd } from '#ledger';

/** Why a run could not do its work: the forge does not serve us, or the run threw. */
export interface Trouble {
  readonly kind: 'forge' | 'failure';
  /** Equal for what has the same cause, whatever the text says: `forge unavailable`. */
  readonly cause: string;
  /** At least this long, if the forge said so. */
  readonly retryAfterSeconds: number | null;
}

/** What follows an end besides the schedule and wakes. */
export type Next =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'follow-up' }
  | { readonly kind: 'loop-stopped' }
  | { readonly kind: 'retry'; readonly inMs: number };

const longestRetryMs = 300_000;
const failuresInARow = 5;
const sameInARow = 20;
const pingPongInARow = 40;

/**
 * Decides how fast an agent goes on: at once after it acted, with growing delays while the forge or the agent itself is in
 * trouble, and not at all when it only repeats itself (one thing twenty times, or two in turn forty times): then the next
 * occurrence or webhook gets one run each.
 */
export function createPace(): (end: RunEnd, trouble: Trouble | null) => Next {
  let troubles = 0;
  let did: readonly string[] = [];

  return (end, trouble) => {
    troubles = trouble === null ? 0 : troubles + 1;
    if (trouble !== null) return retry(trouble, troubles);
    did = end.kind === 'acted' ? [...did, end.did].slice(-pingPongInARow) : [];
    if (end.kind !== 'acted') return { kind: 'nothing' };
    return isLoop(did) ? { kind: 'loop-stopped' } : { kind: 'follow-up' };
  };
}

function retry(trouble: Trouble, count: number): Next {
  if (trouble.kind === 'failure' && count > failuresInARow) return { kind: 'nothing' };
  const growing = Math.min(longestRetryMs, 1000 * 2 ** Math.min(count - 1, 20));
  return { kind: 'retry', inMs: Math.min(longestRetryMs, Math.max(growing, (trouble.retryAfterSeconds ?? 0) * 1000)) };
}

function isLoop(did: readonly string[]): boolean {
  const last = did.slice(-sameInARow);
  const same = last.length === sameInARow && new Set(last).size === 1;
  return same || (did.length === pingPongInARow && new Set(did).size <= 2);
}
