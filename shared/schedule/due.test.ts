import { describe, expect, it } from 'vitest';
import { dueTimes, wakeAt } from './due.ts';
import { parseSchedule } from './parse.ts';
import type { WrittenSchedule } from './parse.ts';

const between = (written: WrittenSchedule, from: string, until: string): readonly string[] =>
  dueTimes(parseSchedule(written), 'dev@demo')(new Date(from), new Date(until)).past.map((due) => due.toISOString().replace(':00.000Z', 'Z'));

const berlin = (cron: string): WrittenSchedule => ({ cron, zone: 'Europe/Berlin' });
const spring = ['2026-03-29T00:00Z', '2026-03-29T02:00Z'] as const;
const autumn = ['2026-10-24T23:30Z', '2026-10-25T02:00Z'] as const;

describe('due times', () => {
  it('are strictly after one instant, up to and including the other, and name the next', () => {
    const due = dueTimes(parseSchedule('*/5 * * * *'));
    const found = due(new Date('2026-01-01T00:05:00Z'), new Date('2026-01-01T00:15:00Z'));
    expect(found.past.map((each) => each.getUTCMinutes())).toEqual([10, 15]);
    expect(found.next).toEqual(new Date('2026-01-01T00:20:00Z'));
    expect(due(new Date('2026-01-01T00:05:00Z'), new Date('2025-12-01T00:00:00Z'))).toEqual({ past: [], next: new Date('2026-01-01T00:10:00Z') });
  });

  it('of an interval are its multiples since 1970, and of an instant that instant', () => {
    expect(between({ every: '45m' }, '2026-01-01T00:00Z', '2026-01-01T02:00Z')).toEqual(['2026-01-01T00:45Z', '2026-01-01T01:30Z']);
    const once = dueTimes(parseSchedule({ once: '2026-01-01T01:00:00+01:00' }));
    expect(once(new Date('2025-01-01T00:00:00Z'), new Date('2025-06-01T00:00:00Z'))).toEqual({ past: [], next: new Date('2026-01-01T00:00:00Z') });
    expect(once(new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z'))).toEqual({ past: [], next: null });
  });

  it('of a fixed time in a gap are the end of the gap, once', () => {
    expect(between(berlin('30 2 * * *'), ...spring)).toEqual(['2026-03-29T01:00Z']);
    expect(between(berlin('15,45 2 * * *'), ...spring)).toEqual(['2026-03-29T01:00Z']);
    expect(between(berlin('0 2,3 * * *'), ...spring)).toEqual(['2026-03-29T01:00Z']);
  });

  it('of a fixed time that comes twice are its first pass', () => {
    expect(between(berlin('30 2 * * *'), ...autumn)).toEqual(['2026-10-25T00:30Z']);
    expect(between(berlin('0,30 2 * * *'), ...autumn)).toEqual(['2026-10-25T00:00Z', '2026-10-25T00:30Z']);
  });

  it('of a step go on as time does: none in the gap, both passes of the repeated hour', () => {
    expect(between(berlin('*/30 * * * *'), ...spring)).toEqual(['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-29T02:00Z']);
    expect(between(berlin('*/30 2 * * *'), ...spring)).toEqual([]);
    expect(between(berlin('*/30 2 * * *'), ...autumn)).toEqual(['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z']);
  });

  it('know the half-hour change of Lord Howe and the midnight gap of Cairo', () => {
    expect(between({ cron: '15 2 * * *', zone: 'Australia/Lord_Howe' }, '2026-10-03T12:00Z', '2026-10-03T20:00Z')).toEqual(['2026-10-03T15:30Z']);
    expect(between({ cron: '0 0 * * *', zone: 'Africa/Cairo' }, '2026-04-23T12:00Z', '2026-04-24T12:00Z')).toEqual(['2026-04-23T22:00Z']);
  });
});

describe('jitter', () => {
  const schedule = parseSchedule({ every: '1m', jitter: '30s' });
  const due = new Date('2026-01-01T00:01:00Z');

  it('is the same on every call, within its bound, and differs by name and due time', () => {
    const delays = Array.from({ length: 200 }, (_, index) => wakeAt(schedule, `dev-${index}@demo`, due).getTime() - due.getTime());
    expect(wakeAt(schedule, 'dev@demo', due)).toEqual(wakeAt(schedule, 'dev@demo', due));
    expect(delays.every((delay) => delay >= 0 && delay < 30_000)).toBe(true);
    expect(new Set(delays).size).toBeGreaterThan(190);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(20_000);
  });

  it('delays the moment at which a due time counts as past, not what is recorded', () => {
    const wake = wakeAt(schedule, 'dev@demo', due);
    const calendar = dueTimes(schedule, 'dev@demo');
    expect(calendar(new Date('2026-01-01T00:00:00Z'), new Date(wake.getTime() - 1))).toEqual({ past: [], next: due });
    expect(calendar(new Date('2026-01-01T00:00:00Z'), wake).past).toEqual([due]);
  });
});
