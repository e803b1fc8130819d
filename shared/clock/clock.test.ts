import { describe, expect, it } from 'vitest';
import { composeId } from './id.ts';
import { createManualClock } from './manual.ts';
import { systemChance, systemClock } from './system.ts';

describe('the clock of the machine', () => {
  it('sleeps, and wakes with the reason when it is aborted', async () => {
    await systemClock.sleep(1);
    await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort(new Error('stop'));
    await expect(sleeping).rejects.toThrow('stop');
  });

  it('cancels a timer', async () => {
    let fired = false;
    systemClock.after(1, () => (fired = true))();
    await systemClock.sleep(5);
    expect(fired).toBe(false);
  });

  it('keeps a timer that is longer than Node allows', async () => {
    let fired = false;
    const cancel = systemClock.after(2 ** 31 + 1000, () => (fired = true));
    await systemClock.sleep(5);
    cancel();
    expect(fired).toBe(false);
  });
});

describe('the chance of the machine', () => {
  it('makes ids that are unique and sort by creation', () => {
    const ids = Array.from({ length: 5000 }, () => systemChance.id('run'));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids[0]).toMatch(/^run_[0-9a-z]{22}$/);
  });

  it('sorts ids of a later time after those of an earlier one, whatever their tails', () => {
    expect(composeId('run', 2000, 0n) > composeId('run', 1999, 2n ** 60n - 1n)).toBe(true);
  });

  it('makes secrets of the asked length and floats below one', () => {
    expect(systemChance.secret(16)).toMatch(/^[0-9a-f]{32}$/);
    expect(Array.from({ length: 100 }, systemChance.random).every((each) => each >= 0 && each < 1)).toBe(true);
  });
});

describe('the clock that tests move', () => {
  it('fires timers in order, each at its own time, also those that timers set', () => {
    const clock = createManualClock(new Date(0));
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.now().getTime()]);
    clock.after(20, note('late'));
    clock.after(10, () => {
      note('early')();
      clock.after(5, note('nested'));
    });
    clock.after(12, note('cancelled'))();
    clock.advance(19);
    expect(fired).toEqual([
      ['early', 10],
      ['nested', 15],
    ]);
    clock.advance(1);
    expect(fired.at(-1)).toEqual(['late', 20]);
    expect(clock.pending()).toBe(0);
  });

  it('steps the wall clock without letting time pass', async () => {
    const clock = createManualClock(new Date(0));
    const sleeping = clock.sleep(10);
    clock.set(new Date(-3_600_000));
    expect([clock.monotonic(), clock.pending()]).toEqual([0, 1]);
    clock.advance(10);
    await sleeping;
    expect([clock.monotonic(), clock.now().getTime()]).toEqual([10, -3_599_990]);
  });
});
