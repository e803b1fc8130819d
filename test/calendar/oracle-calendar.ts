import type { Timing } from '#schedule';

/** Every due time of a schedule in [from, until], in ms. */
export function dueOf(timing: Timing, from: number, until: number): readonly number[] {
  if (timing.kind === 'cron') return cronDue(timing.expression, timing.zone, from, until);
  if (timing.kind === 'once') return [timing.at.getTime()];
  const due: number[] = [];
  for (let at = 0; at <= until; at += timing.seconds * 1000) if (at >= from) due.push(at);
  return due;
}

/**
 * When a cron expression is due in a zone, by brute force: a table of the zone's changes read from `Intl`, every local time
 * of every day for fixed expressions, every minute of the whole span for the others. Shares nothing with the code under test.
 */
function cronDue(expression: string, zone: string, from: number, until: number): readonly number[] {
  const cron = readCron(expression);
  const changes = readChanges(zone, from - dayMs, until + dayMs);
  const found = cron.fixed ? fixedDue(cron, changes, from, until) : floatingDue(cron, changes, from, until);
  return [...new Set(found)].filter((due) => due >= from && due <= until).sort((a, b) => a - b);
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

interface Cron {
  readonly fixed: boolean;
  readonly seconds: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Day and weekday are both restricted: either will do. */
  readonly eitherDay: boolean;
}

function readCron(expression: string): Cron {
  const fields = expression.split(' ');
  const [second = '0', minute = '', hour = '', day = '', month = '', weekday = ''] = fields.length === 5 ? ['0', ...fields] : fields;
  return {
    fixed: ![second, minute, hour].some((field) => /[*/?]/.test(field)),
    seconds: readField(second, 0, 59),
    minutes: readField(minute, 0, 59),
    hours: readField(hour, 0, 23),
    days: readField(day, 1, 31),
    months: readField(month, 1, 12),
    weekdays: new Set([...readField(weekday, 0, 7)].map((each) => each % 7)),
    eitherDay: day !== '*' && weekday !== '*',
  };
}

function readField(field: string, low: number, high: number): ReadonlySet<number> {
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const value = (text: string): number => (names.includes(text) ? names.indexOf(text) : Number(text));
  const values = field.split(',').flatMap((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [first = '', last = first] = range.split('-');
    const [start, end] = range === '*' ? [low, high] : [value(first), value(last)];
    return Array.from({ length: end - start + 1 }, (_, index) => start + index).filter((each) => (each - start) % Number(step) === 0);
  });
  return new Set(values);
}

/** `local` is local time written as if it were UTC. */
function dayMatches(cron: Cron, local: Date): boolean {
  if (!cron.months.has(local.getUTCMonth() + 1)) return false;
  const day = cron.days.has(local.getUTCDate());
  const weekday = cron.weekdays.has(local.getUTCDay());
  return cron.eitherDay ? day || weekday : day && weekday;
}

/** An offset from UTC in ms that holds from `at` on. */
interface Change {
  readonly at: number;
  readonly offset: number;
}

function readChanges(zone: string, from: number, until: number): readonly Change[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (instant: number): number => {
    const part = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const get = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? Number.NaN;
    return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - instant;
  };
  const changes: Change[] = [{ at: Number.NEGATIVE_INFINITY, offset: offsetAt(from) }];
  for (let before = from; before < until; before += dayMs) {
    const offset = offsetAt(before + dayMs);
    if (offset !== changes.at(-1)?.offset) changes.push({ at: bisect(before, before + dayMs, (at) => offsetAt(at) === offset), offset });
  }
  return changes;
}

/** The first whole second in (low, high] from which on `holds`. */
function bisect(low: number, high: number, holds: (at: number) => boolean): number {
  if (high - low <= 1000) return high;
  const middle = Math.round((low + high) / 2000) * 1000;
  return holds(middle) ? bisect(low, middle, holds) : bisect(middle, high, holds);
}

/** Every matching local time of every local day, mapped to its first instant, or to the end of the gap that swallowed it. */
function fixedDue(cron: Cron, changes: readonly Change[], from: number, until: number): readonly number[] {
  const times = [...cron.hours].flatMap((hour) =>
    [...cron.minutes].flatMap((minute) => [...cron.seconds].map((second) => ((hour * 60 + minute) * 60 + second) * 1000)),
  );
  const due: number[] = [];
  for (let midnight = Math.floor(from / dayMs) * dayMs - dayMs; midnight <= until + dayMs; midnight += dayMs) {
    if (dayMatches(cron, new Date(midnight))) due.push(...times.map((time) => instantOf(midnight + time, changes)));
  }
  return due;
}

function instantOf(local: number, changes: readonly Change[]): number {
  for (const [index, { at, offset }] of changes.entries()) {
    const end = changes[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    // Not reached before this stretch of the clock and already passed when it begins: the gap.
    if (local - offset < at) return at;
    if (local - offset < end) return local - offset;
  }
  throw new Error('no instant has this local time');
}

/** Every minute that passes, also those whose local time comes twice. */
function floatingDue(cron: Cron, changes: readonly Change[], from: number, until: number): readonly number[] {
  const due: number[] = [];
  let index = 0;
  for (let instant = Math.floor(from / minuteMs) * minuteMs; instant <= until; instant += minuteMs) {
    while ((changes[index + 1]?.at ?? Number.POSITIVE_INFINITY) <= instant) index++;
    const local = new Date(instant + (changes[index]?.offset ?? 0));
    if (cron.minutes.has(local.getUTCMinutes()) && cron.hours.has(local.getUTCHours()) && dayMatches(cron, local)) due.push(instant);
  }
  return due;
}
