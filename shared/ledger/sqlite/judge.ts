import type { SchedulePolicy } from '#ledger';

/** What becomes of one due time. `into` is the due time it merges into, or `waiting`: the occurrence that waits already. Times in ms. */
export type Fate =
  | { readonly kind: 'start' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'missed'; readonly reason: string }
  | { readonly kind: 'coalesced'; readonly into: number | 'waiting' };

interface Situation {
  readonly now: number;
  readonly policy: SchedulePolicy;
  /** Why no occurrence starts at all (people paused the agent), or null. */
  readonly barred: string | null;
  /** A run of this agent on this project is going on. */
  readonly running: boolean;
  /** An occurrence waits behind it already. */
  readonly waiting: boolean;
}

/**
 * The policies, as `SettleRequest` documents them: lateness picks what is still owed, then overlap says what the owed ones do.
 * `past` increases; the answer has a fate for each.
 */
export function judge(past: readonly number[], situation: Situation): ReadonlyMap<number, Fate> {
  const { now, policy } = situation;
  const fates = new Map<number, Fate>();
  const late = past.filter((due) => now - due > policy.graceSeconds * 1000);
  const onTime = past.slice(late.length);
  const merging = policy.catchUp.kind === 'latest' ? past : onTime;
  const carrier = merging.at(-1);
  const lateOwed = policy.catchUp.kind === 'latest' ? [] : owed(late, now, policy.catchUp);
  for (const due of policy.catchUp.kind === 'latest' ? [] : late.slice(0, late.length - lateOwed.length)) {
    fates.set(due, { kind: 'missed', reason: missedReason(policy.catchUp) });
  }
  for (const [due, fate] of place(carrier === undefined ? lateOwed : [...lateOwed, carrier], situation)) fates.set(due, fate);
  for (const due of merging.slice(0, -1)) fates.set(due, { kind: 'coalesced', into: finalTarget(carrier, fates) });
  return fates;
}

/** The late ones that still run: always the newest, so a suffix. */
function owed(late: readonly number[], now: number, catchUp: SchedulePolicy['catchUp']): readonly number[] {
  if (catchUp.kind === 'all') return late.slice(Math.max(0, late.length - catchUp.max));
  if (catchUp.kind === 'window') return late.filter((due) => now - due <= catchUp.seconds * 1000);
  return [];
}

function missedReason(catchUp: SchedulePolicy['catchUp']): string {
  if (catchUp.kind === 'all') return `more than ${catchUp.max} were late`;
  if (catchUp.kind === 'window') return `later than the catch-up window of ${catchUp.seconds} s`;
  return 'nobody was there in time, and there is no catch-up';
}

function place(owing: readonly number[], { barred, running, waiting, policy }: Situation): readonly (readonly [number, Fate])[] {
  if (barred !== null) return owing.map((due) => [due, { kind: 'skipped', reason: barred }]);
  if (!running) return owing.map((due) => [due, { kind: 'start' }]);
  if (policy.overlap === 'skip') return owing.map((due) => [due, { kind: 'skipped', reason: 'still running' }]);
  const [first, ...rest] = owing;
  if (waiting || first === undefined) return owing.map((due) => [due, { kind: 'coalesced', into: 'waiting' }]);
  return [[first, { kind: 'wait' }], ...rest.map((due): [number, Fate] => [due, { kind: 'coalesced', into: first }])];
}

/** Nothing merges into what merges itself: follow the carrier to where it went. */
function finalTarget(carrier: number | undefined, fates: ReadonlyMap<number, Fate>): number | 'waiting' {
  const fate = carrier === undefined ? undefined : fates.get(carrier);
  return fate?.kind === 'coalesced' ? fate.into : (carrier ?? 'waiting');
}
