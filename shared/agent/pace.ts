import type { RunEnd } from '#ledger';
import type { Trouble } from './trouble.ts';

/** What follows an end besides the schedule and wakes. */
export type Next =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'follow-up' }
  | { readonly kind: 'loop-stopped' }
  /** `hastyInMs`: a webhook may bring it forward to that, because a forge that sends one is there; null: nothing may. */
  | { readonly kind: 'retry'; readonly inMs: number; readonly hastyInMs: number | null };

const longestRetryMs = 300_000;
/** A forge that is away comes back without telling: asking once a minute is what an idle agent does anyway. */
const longestAwayMs = 60_000;
const longestAskedMs = 3_600_000;
const hastyMs = 15_000;
const failuresInARow = 5;
const sameInARow = 20;
const pingPongInARow = 40;

/**
 * Decides how fast an agent goes on: at once after it acted, with growing delays while the forge or the agent itself is in
 * trouble (each cause from the start), and not at all when it only repeats itself (one thing twenty times, or two in turn forty times): then the next
 * occurrence or webhook gets one run each.
 */
export function createPace(): (end: RunEnd, trouble: Trouble | null) => Next {
  const troubles = new Map<string, number>();
  let did: readonly string[] = [];

  return (end, trouble) => {
    if (trouble !== null) return retry(trouble, count(troubles, trouble));
    troubles.clear();
    did = end.kind === 'acted' ? [...did, end.did].slice(-pingPongInARow) : [];
    if (end.kind !== 'acted') return { kind: 'nothing' };
    return isLoop(did) ? { kind: 'loop-stopped' } : { kind: 'follow-up' };
  };
}

/** How often this cause was met since all was well. A look that asked nothing has not met it again. */
function count(troubles: Map<string, number>, { cause, unasked }: Trouble): number {
  const met = Math.max(1, (troubles.get(cause) ?? 0) + (unasked ? 0 : 1));
  troubles.set(cause, met);
  return met;
}

function retry(trouble: Trouble, count: number): Next {
  if (trouble.kind === 'failure' && count > failuresInARow) return { kind: 'nothing' };
  const isAway = trouble.cause === 'forge unavailable' && trouble.seenAt !== 'work';
  const growing = Math.min(isAway ? longestAwayMs : longestRetryMs, 1000 * 2 ** Math.min(count - 1, 20));
  const asked = Math.min(longestAskedMs, (trouble.retryAfterSeconds ?? 0) * 1000);
  const inMs = Math.max(growing, asked);
  return { kind: 'retry', inMs, hastyInMs: isAway ? Math.min(inMs, hastyMs) : null };
}

function isLoop(did: readonly string[]): boolean {
  const last = did.slice(-sameInARow);
  const same = last.length === sameInARow && new Set(last).size === 1;
  return same || (did.length === pingPongInARow && new Set(did).size <= 2);
}
