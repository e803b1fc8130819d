import type { Case } from './cases.ts';

/** What happens to the host besides the schedules. `at`: ms of true time since the start. */
type WorldEvent =
  | { readonly at: number; readonly kind: 'step'; readonly by: number }
  | { readonly at: number; readonly kind: 'stop'; readonly crash: boolean }
  | { readonly at: number; readonly kind: 'start' };

export interface World {
  readonly start: Date;
  readonly days: number;
  readonly events: readonly WorldEvent[];
  /** How long the run of this due time takes, in ms. */
  readonly duration: (which: Case, dueAt: number) => number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A reproducible world. Events of different kinds fall on different milliseconds of a second (stops 421, starts 577, steps
 * 733, ends of runs 137), so that none coincides with another or with a due time.
 */
export function createWorld(seed: number, start: Date, days: number): World {
  const random = generator(seed);
  const until = days * day;
  const events = [...restarts(random, until), ...steps(random, until)].sort((a, b) => a.at - b.at);
  return { start, days, events, duration: (which, dueAt) => duration(`${seed} ${which.name} ${dueAt}`) };
}

function restarts(random: () => number, until: number): readonly WorldEvent[] {
  const events: WorldEvent[] = [{ at: 0, kind: 'start' }];
  for (let at = 0; ;) {
    const stop = onSecond(at + hour + random() * 4 * hour) + 421;
    const start = onSecond(stop + outage(random)) + 577;
    if (start >= until) return events;
    events.push({ at: stop, kind: 'stop', crash: random() < 0.5 }, { at: start, kind: 'start' });
    at = start;
  }
}

/** Mostly a quick restart; now and then hours, rarely days. */
function outage(random: () => number): number {
  const kind = random();
  if (kind < 0.8) return second + random() * 40 * second;
  if (kind < 0.95) return minute + random() * 20 * minute;
  return kind < 0.995 ? hour + random() * 5 * hour : 30 * hour + random() * 30 * hour;
}

/** Every week or so the clock is set wrong by up to 48 h, and set right again some hours later. */
function steps(random: () => number, until: number): readonly WorldEvent[] {
  const sizes = [48 * hour, -48 * hour, hour, -hour, 90 * second, -90 * second, 30 * minute, -26 * hour, 26 * hour];
  const events: WorldEvent[] = [];
  for (let at = 3 * day, turn = 0; ; turn++) {
    const wrong = onSecond(at + random() * 5 * day) + 733;
    const right = onSecond(wrong + 10 * minute + random() * 60 * hour) + 733;
    if (right >= until) return events;
    const by = sizes[turn % sizes.length] ?? 0;
    events.push({ at: wrong, kind: 'step', by }, { at: right, kind: 'step', by: -by });
    at = right + day;
  }
}

function duration(key: string): number {
  const random = generator(hash(key));
  const kind = random();
  const ms = kind < 0.7 ? second + random() * minute : kind < 0.95 ? minute + random() * 15 * minute : 10 * minute + random() * 150 * minute;
  return onSecond(ms) + 137;
}

const onSecond = (ms: number): number => Math.floor(ms / second) * second;

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
