import type { SettleRequest } from '#ledger';
import { cronAfter } from './cron.ts';
import { jitterMs } from './jitter.ts';
import type { Schedule, Timing } from './schedule.ts';

type Due = SettleRequest['due'];

/**
 * The calendar of a schedule, for `Ledger.schedules.settle`. `name` (`<agent>@<project>`) scatters equal schedules by jitter.
 *
 * - `every`: whole multiples of the interval since 1970, whatever clocks and zones do.
 * - `once`: that instant.
 * - `cron`: local times of the zone. When clocks go forward, a time that does not exist fires at the first instant after the
 *   gap if second, minute and hour are fixed (no `*`, `?` or step), once even where several meet there; with a wildcard or
 *   step it does not fire. When clocks go back, a fixed time fires at its first pass only; with a wildcard or step it fires
 *   in both passes. So a daily job runs every day exactly once, and one that runs every ten minutes runs every ten minutes.
 * - Jitter: a due time counts as past only from its jittered instant on (`wakeAt`); its nominal time is what is recorded.
 *   Due times stay in their nominal order: a later one waits for an earlier one.
 */
export function dueTimes(schedule: Schedule, name = ''): Due {
  const after = remembering(nextAfter(schedule.timing));
  return (from, until) => {
    const past: Date[] = [];
    let next = after(from);
    while (next !== null && wakeAt(schedule, name, next) <= until) {
      past.push(next);
      next = after(next);
    }
    return { past, next };
  };
}

/** The instant at which the host wakes for this due time: the nominal time plus its jitter, which is the same on every call. */
export const wakeAt = (schedule: Schedule, name: string, due: Date): Date =>
  schedule.jitterSeconds === 0 ? due : new Date(due.getTime() + jitterMs(name, due, schedule.jitterSeconds));

/** The same question comes at each look until the due time has come: one answer is kept. */
function remembering(after: (instant: Date) => Date | null): (instant: Date) => Date | null {
  let last: { readonly asked: number; readonly answer: Date | null } | null = null;
  return (instant) => {
    if (last?.asked !== instant.getTime()) last = { asked: instant.getTime(), answer: after(instant) };
    return last.answer;
  };
}

/** The first due time strictly after an instant, or null when there is none. */
function nextAfter(timing: Timing): (instant: Date) => Date | null {
  switch (timing.kind) {
    case 'cron':
      return cronAfter(timing.expression, timing.zone);
    case 'every': {
      const step = Math.round(timing.seconds * 1000);
      return (instant) => new Date((Math.floor(instant.getTime() / step) + 1) * step);
    }
    case 'once':
      return (instant) => (instant < timing.at ? timing.at : null);
  }
}
