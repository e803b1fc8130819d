import type { Clock } from './clock.ts';
import { sleepWith } from './sleep.ts';

/** A clock that a test or simulator moves. `set` steps the wall clock only; `advance` lets time pass and fires what falls due. */
export interface ManualClock extends Clock {
  /** Steps the wall clock, forwards or backwards, as an administrator or NTP would. No timer fires and no duration passes. */
  set(to: Date): void;
  /** Lets `ms` pass: timers fire one by one in the order they are due, each seeing its own time. */
  advance(ms: number): void;
  /** How many timers wait. */
  pending(): number;
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** A clock that stands at `start` until it is moved. */
export function createManualClock(start: Date): ManualClock {
  let wall = start.getTime();
  let passed = 0;
  let timers: readonly Timer[] = [];

  const pass = (to: number): void => {
    wall += to - passed;
    passed = to;
  };
  const after = (ms: number, fire: () => void): (() => void) => {
    const timer = { at: passed + Math.max(0, ms), fire };
    timers = [...timers, timer].sort((a, b) => a.at - b.at);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  };
  const advance = (ms: number): void => {
    const until = passed + ms;
    for (let next = timers[0]; next !== undefined && next.at <= until; next = timers[0]) {
      timers = timers.slice(1);
      pass(Math.max(passed, next.at));
      next.fire();
    }
    pass(Math.max(passed, until));
  };
  return {
    now: () => new Date(wall),
    monotonic: () => passed,
    sleep: sleepWith(after),
    after,
    set: (to) => {
      wall = to.getTime();
    },
    advance,
    pending: () => timers.length,
  };
}
