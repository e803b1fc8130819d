import { describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CiError } from '#ci';
import { ForgeError } from '#forge';
import { parseSchedule } from '#schedule/parse';
import { openLedger } from '../../ledger/sqlite.ts';
import { thisProcess } from '../../ledger/process-identity.ts';
import { start, key, webhook, settled, setUp, idle, untilAborted } from './setup.ts';
import type { Run } from './setup.ts';

const yearly = { schedule: parseSchedule('0 0 1 1 *') };

describe('a forge that is down', () => {
  it('I1: waits with growing delays in one run, says so once, and once when it is back', async () => {
    let down = true;
    let looks = 0;
    const refresh = async (): Promise<void> => {
      looks += 1;
      if (down) throw new ForgeError('unavailable', `no answer from the forge, ${looks} times`);
    };
    const { host, ledger, runs, pass, events, wake } = setUp({ run: idle, refresh, agent: yearly });
    await wake();
    await pass(600);
    expect(looks).toBeLessThan(20);
    expect(runs().map((run) => run.end)).toEqual([{ kind: 'waiting', reason: 'forge unavailable: no answer from the forge, 1 times' }]);
    expect(host.idle()).toBe(false);
    expect(events.filter((event) => event.kind === 'forge-trouble')).toHaveLength(1);
    expect(ledger.waits.list()).toMatchObject([
      {
        cause: 'forge unavailable',
        reason: 'no answer from the forge, 1 times',
        mend: expect.stringContaining('http://forge.test'),
        since: start,
        schedules: [key],
      },
    ]);
    down = false;
    await pass(60);
    expect(runs().map((run) => run.end?.kind)).toEqual(['waiting', 'idle']);
    expect(events.filter((event) => event.kind === 'forge-well')).toHaveLength(1);
    expect(ledger.waits.list()).toEqual([]);
    expect(['wait-began', 'wait-over'].map((kind) => ledger.events.list({ kind }).length)).toEqual([1, 1]);
    expect(host.idle()).toBe(true);
  });

  it('B16: what falls due meanwhile is skipped with the cause, and no run is recorded for it', async () => {
    const { ledger, runs, pass } = setUp({
      run: idle,
      refresh: () => Promise.reject(new ForgeError('auth', 'no')),
      agent: { schedule: parseSchedule({ every: '10s' }) },
    });
    await pass(300);
    expect(runs()).toHaveLength(1);
    const ends = ledger.schedules.occurrences({ since: new Date(0) }).map((each) => each.end);
    expect(ends.slice(1).every((end) => end?.kind === 'skipped' && end.reason === 'waits: forge auth dev-bot')).toBe(true);
    expect(ledger.schedules.audit(new Date(0), new Date(start.getTime() + 300_000))[0]?.unexplained).toBe(0);
  });

  it('looks again soon after a webhook, but not at each of them', async () => {
    let looks = 0;
    const refresh = (): Promise<void> => Promise.reject(new ForgeError('unavailable', `${(looks += 1)}`));
    const { host, pass, wake } = setUp({ run: idle, refresh, agent: yearly });
    await wake();
    await pass(200);
    looks = 0;
    for (let at = 0; at < 60; at += 1) {
      host.wake(key, `flood ${at}`, webhook(`f${at}`));
      await pass(1);
    }
    expect(looks).toBeGreaterThanOrEqual(3);
    expect(looks).toBeLessThanOrEqual(5);
  });

  it('honours Retry-After, an hour at most', async () => {
    let looks = 0;
    let seconds = 30;
    const refresh = (): Promise<void> => {
      looks += 1;
      return Promise.reject(new ForgeError('rate-limited', 'slow down', { retryAfterSeconds: seconds }));
    };
    const { host, pass, wake } = setUp({ run: idle, refresh, agent: yearly });
    await wake();
    seconds = 100_000;
    await pass(29);
    host.wake(key, 'b', webhook('2'));
    await settled();
    expect(looks).toBe(1);
    await pass(2);
    expect(looks).toBe(2);
    await pass(3601);
    expect(looks).toBe(3);
  });

  it('what a run meets in the middle is met again by a run, and is one wait', async () => {
    let refused = true;
    const run: Run = () => (refused ? Promise.reject(new ForgeError('forbidden', 'POST comments: 403')) : Promise.resolve({ kind: 'idle', reason: '' }));
    const { ledger, runs, pass } = setUp({ run, agent: { schedule: parseSchedule({ every: '10s' }) } });
    await pass(3600);
    expect(runs().length).toBeLessThanOrEqual(21);
    expect(ledger.waits.list()).toMatchObject([{ cause: 'forge forbidden dev-bot', reason: 'POST comments: 403' }]);
    expect(ledger.events.list({ kind: 'wait-began' })).toHaveLength(1);
    refused = false;
    await pass(300);
    expect(ledger.waits.list()).toEqual([]);
  });

  it('an agent that was paused for a while while it waited goes on by itself, not at its next schedule', async () => {
    let down = true;
    const refresh = (): Promise<void> => (down ? Promise.reject(new ForgeError('unavailable', 'away')) : Promise.resolve());
    const { ledger, runs, pass, wake } = setUp({ run: idle, refresh, agent: yearly });
    await wake();
    ledger.switches.pause('dev', 'lunch', start);
    await pass(90);
    ledger.switches.resume('dev');
    down = false;
    await pass(90);
    expect(ledger.waits.list()).toEqual([]);
    expect(runs().at(-1)?.end?.kind).toBe('idle');
  });

  it('people pause and resume an agent that waits: it does not wait for ever', async () => {
    let down = true;
    const refresh = (): Promise<void> => (down ? Promise.reject(new ForgeError('unavailable', 'away')) : Promise.resolve());
    const { ledger, clock, pass, runs } = setUp({ run: idle, refresh, agent: { schedule: parseSchedule({ every: '10s' }) } });
    await pass(30);
    ledger.switches.pause('dev', 'by hand', clock.now());
    await pass(120);
    down = false;
    ledger.switches.resume('dev');
    await pass(20);
    expect(runs().at(-1)?.end?.kind).toBe('idle');
    expect(ledger.waits.list()).toEqual([]);
  });

  it('a wait that a dead process left is over with the first run that works', async () => {
    const ledgerFile = join(mkdtempSync(join(tmpdir(), 'host-')), 'ledger.sqlite');
    const before = openLedger(ledgerFile);
    before.waits.note(key, { cause: 'forge unavailable', reason: 'away', mend: '' }, start);
    before.close();
    const { ledger, wake } = setUp({ run: idle, ledgerFile });
    await wake();
    expect(ledger.waits.list()).toEqual([]);
    expect(ledger.events.list({ kind: 'wait-over' })).toHaveLength(1);
  });

  it('a look that hangs does not hold up the shutdown', async () => {
    let looks = 0;
    const refresh = (): Promise<void> => ((looks += 1) === 1 ? Promise.reject(new ForgeError('unavailable', 'away')) : new Promise(() => {}));
    const { host, pass, wake } = setUp({ run: idle, refresh, agent: yearly });
    await wake();
    await pass(5);
    expect(looks).toBe(2);
    await host.stop();
  });
});

describe('shutdown', () => {
  it('the first signal aborts after the grace, the step salvages, the run is cancelled', async () => {
    const { host, clock, ends, runs, wake } = setUp({ run: untilAborted });
    await wake();
    const stopping = host.stop(5000);
    await settled();
    expect(ends()).toEqual([undefined]);
    host.wake(key, 'late', webhook('2'));
    clock.advance(5000);
    await stopping;
    expect(runs()[0]?.end).toEqual({ kind: 'cancelled', reason: 'shutdown: salvaged' });
    clock.advance(600_000);
    await settled();
    expect(runs()).toHaveLength(1);
  });

  it('a step that ends within the grace ends as it is', async () => {
    let finish = (): void => {};
    const { host, ends, wake } = setUp({ run: () => new Promise((done) => (finish = () => done({ kind: 'acted', did: 'pushed' }))) });
    await wake();
    const stopping = host.stop(5000);
    finish();
    await stopping;
    expect(ends()).toEqual(['acted']);
  });

  it('a run whose process is gone is closed as lost at the next start', async () => {
    const ledgerFile = join(mkdtempSync(join(tmpdir(), 'host-')), 'ledger.sqlite');
    const before = openLedger(ledgerFile);
    before.runs.start({ id: 'run_0', agent: 'dev', project: 'demo', cause: webhook('1'), at: start, process: { ...thisProcess(), startTicks: '1' } });
    before.close();
    const { runs, events } = setUp({ run: idle, ledgerFile });
    expect(runs()[0]?.end?.kind).toBe('lost');
    expect(events[0]).toMatchObject({ kind: 'run-lost', run: 'run_0' });
  });
});

describe('the tick', () => {
  it('says what it works on, tells, and records effects before and after they happen', async () => {
    const { ledger, runs, events, wake } = setUp({
      run: async (tick) => {
        tick.subject('issue:7');
        tick.tell('claimed', 'issue:7', { note: 's3cret', deep: ['s3cret'] });
        await tick.effect('push', 'fix/issue-7', 'of s3cret', async () => 'done');
        await tick.effect('merge', 'pr:1', '', () => Promise.reject(new Error('refused')));
        return { kind: 'idle', reason: '' };
      },
      agent: { schedule: parseSchedule('0 0 1 1 *') },
    });
    await wake();
    const id = runs()[0]?.id ?? '';
    expect(runs()[0]).toMatchObject({ subject: 'issue:7', end: { kind: 'failed', reason: 'refused' } });
    expect(ledger.events.list({ kind: 'claimed' })).toMatchObject([{ cause: id, subject: 'issue:7', data: { note: '[masked]', deep: ['[masked]'] } }]);
    expect(ledger.effects.list({ run: id })).toMatchObject([
      { kind: 'push', detail: 'of [masked]' },
      { kind: 'merge', confirmedAt: null },
    ]);
    expect(ledger.effects.list({ run: id })[0]?.confirmedAt).not.toBeNull();
    expect(events.slice(0, 3).map((event) => event.kind)).toEqual(['run-started', 'claimed', 'run-ended']);
  });
});

it('a CI that is away, or refuses us, is one wait with what to mend', async () => {
  let error: CiError | null = new CiError('unavailable', 'Woodpecker does not answer');
  const run: Run = (tick) => (error === null ? idle(tick) : Promise.reject(error));
  const { ledger, runs, pass, wake } = setUp({ run, agent: yearly });
  await wake();
  await pass(30);
  expect(ledger.waits.list()).toMatchObject([
    { cause: expect.stringMatching(/^ci unavailable /) as string, mend: expect.stringMatching(/goes on by itself/) as string },
  ]);
  error = new CiError('config', 'Woodpecker refuses our token');
  await pass(60);
  expect(ledger.waits.list()).toMatchObject([{ cause: expect.stringMatching(/^ci config /) as string, reason: 'Woodpecker refuses our token' }]);
  error = null;
  await pass(300);
  expect(ledger.waits.list()).toEqual([]);
  expect(runs().at(-1)?.end?.kind).toBe('idle');
});

it('a CI that asks us to come later is asked no earlier', async () => {
  let asked = 0;
  const run: Run = () => {
    asked += 1;
    return Promise.reject(new CiError('rate-limited', 'Woodpecker is asked too often', undefined, 120));
  };
  const { ledger, pass, wake } = setUp({ run, agent: yearly });
  await wake();
  await pass(110);
  expect(asked).toBe(1);
  expect(ledger.waits.list()).toMatchObject([
    { cause: expect.stringMatching(/^ci rate-limited /) as string, mend: expect.stringMatching(/by itself/) as string },
  ]);
  await pass(30);
  expect(asked).toBe(2);
});
