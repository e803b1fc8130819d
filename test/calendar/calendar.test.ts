import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cases, zoneCount } from './cases.ts';
import { compare } from './compare.ts';
import { playHost } from './host.ts';
import { expectedEnds } from './oracle-policy.ts';
import { dueOf } from './oracle-calendar.ts';
import { createWorld } from './world.ts';

/** In memory where the system has it: this test is about the calendar, and half of its time would be the disk's. */
const memory = '/dev/shm';
const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'disinto-calendar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = new Date('2026-01-15T00:00:00Z');
const days = 400;

describe('the calendar', () => {
  it('has one row with the right end for each due time of 40 schedules over 400 days in 12 zones', { timeout: 600_000 }, () => {
    const world = createWorld(20_260_115, start, days);
    const file = join(folder, 'ledger.sqlite');
    playHost(world, cases, file);
    const until = start.getTime() + (days + 10) * 86_400_000;
    const expected = new Map(cases.map((each) => [each.name, expectedEnds(each, dueOf(each.schedule.timing, start.getTime(), until), world)]));
    const { occurrences, unexplained, double, different, ends } = compare(file, expected);
    const restarts = world.events.filter(({ kind }) => kind === 'start').length - 1;
    const steps = world.events.filter(({ kind }) => kind === 'step').length;
    process.stdout.write(
      `calendar: ${cases.length} schedules, ${zoneCount} zones, ${days} days, ${restarts} restarts, ${steps} clock steps, ${occurrences} occurrences ` +
        `(${Object.entries(ends)
          .map(([end, count]) => `${count} ${end}`)
          .join(', ')}), ${unexplained} unexplained, ${double} double, ${different.length} different\n`,
    );
    expect(different.slice(0, 20)).toEqual([]);
    expect({ schedules: cases.length, zoneCount, unexplained, double }).toEqual({ schedules: 40, zoneCount: 12, unexplained: 0, double: 0 });
    expect(restarts).toBeGreaterThan(2500);
    expect(occurrences).toBeGreaterThan(150_000);
  });
});
