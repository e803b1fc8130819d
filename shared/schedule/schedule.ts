import type { SchedulePolicy } from '#ledger';

/** When an agent is due. `cron`: five or six fields in an IANA time zone; `every`: a fixed interval from the epoch; `once`. */
export type Timing =
  | { readonly kind: 'cron'; readonly expression: string; readonly zone: string }
  | { readonly kind: 'every'; readonly seconds: number }
  | { readonly kind: 'once'; readonly at: Date };

/** A schedule: timing, what to do about overlaps and missed times, and jitter (a stable delay per due time, in seconds). */
export interface Schedule extends SchedulePolicy {
  readonly timing: Timing;
  readonly jitterSeconds: number;
}
/** The usual schedule of an agent that events wake: every so many seconds it looks for what an event missed. */
export function lookEvery(seconds: number): Schedule {
  return { timing: { kind: 'every', seconds }, overlap: 'skip', catchUp: { kind: 'latest' }, graceSeconds: 60, jitterSeconds: 0 };
}
