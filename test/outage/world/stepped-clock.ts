import { createManualClock } from '../../../shared/clock/manual.ts';
import { sleepWith } from '../../../shared/clock/sleep.ts';
import type { Clock } from '#clock';

/** A clock on which an hour passes in seconds, while everything that runs on it does its real requests and commands. */
export interface SteppedClock extends Clock {
  /** Lets time pass from timer to timer; before each step, and at the end, what goes on comes to rest. */
  pass(ms: number): Promise<void>;
  /** Passes until `done`; answers the milliseconds that took. Throws when they are more than `mostMs`. */
  until(what: string, done: () => boolean | Promise<boolean>, mostMs: number): Promise<number>;
  /** Passes until `work` resolves, or rejects as it does. */
  untilSettled(what: string, work: Promise<unknown>, mostMs: number): Promise<void>;
}

const stepMs = 1000;

/** `rest` resolves when nothing goes on but what waits for this clock. */
export function createSteppedClock(start: Date, rest: () => Promise<void>): SteppedClock {
  const manual = createManualClock(start);
  const due = new Map<symbol, number>();
  const after: Clock['after'] = (ms, fire) => {
    const key = Symbol('timer');
    due.set(key, manual.monotonic() + Math.max(0, ms));
    const cancel = manual.after(ms, () => {
      due.delete(key);
      fire();
    });
    return () => {
      due.delete(key);
      cancel();
    };
  };
  const pass = async (ms: number): Promise<void> => {
    const end = manual.monotonic() + ms;
    await rest();
    while (manual.monotonic() < end) {
      const next = Math.min(end, ...due.values());
      manual.advance(Math.max(0, next - manual.monotonic()));
      await rest();
    }
  };
  const until: SteppedClock['until'] = async (what, done, mostMs) => {
    const begun = manual.monotonic();
    await rest();
    while (!(await done())) {
      if (manual.monotonic() - begun > mostMs) throw new Error(`${what}: not within ${mostMs / 1000} s`);
      await pass(stepMs);
    }
    return manual.monotonic() - begun;
  };
  return {
    now: manual.now,
    monotonic: manual.monotonic,
    after,
    sleep: sleepWith(after),
    pass,
    until,
    untilSettled: async (what, work, mostMs) => {
      let settled = false;
      const watched = work.finally(() => (settled = true));
      watched.catch(() => 'thrown below');
      await until(what, () => settled, mostMs);
      await watched;
    },
  };
}
