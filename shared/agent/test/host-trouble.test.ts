import { describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ForgeError } from '#forge';
import { parseSchedule } from '#schedule/parse';
import { openLedger } from '../../ledger/sqlite.ts';
import { thisProcess } from '../../ledger/process-identity.ts';
import { start, key, webhook, settled, setUp, idle, untilAborted } from './setup.ts';

describe('a forge that is down', () => {
  it('I1: waits with growing delays, says so once, and once when it is back', async () => {
    let down = true;
    let calls = 0;
    const refresh = async (): Promise<void> => {
      if (down) throw new ForgeError('unavailable', `no answer from the forge, ${++calls} times`);
    };
    const { host, runs, pass, events, wake } = setUp({ run: idle, refresh, agent: { schedule: parseSchedule('0 0 1 1 *') } });
    await wake();
    await pass(600);
    expect(runs().length).toBeLessThan(12);
    expect(runs()[0]?.end).toEqual({ kind: 'waiting', reason: 'forge unavailable: no answer from the forge, 1 times' });
    expect(host.idle()).toBe(false);
    expect(events.filter((event) => event.kind === 'forge-trouble')).toHaveLength(1);
    host.wake(key, 'b', webhook('2'));
    const before = runs().length;
    await settled();
    expect(runs()).toHaveLength(before);
    down = false;
    await pass(300);
    expect(runs().at(-1)?.end?.kind).toBe('idle');
    expect(events.filter((event) => event.kind === 'forge-well')).toHaveLength(1);
    expect(host.idle()).toBe(true);
  });

  it('honours Retry-After', async () => {
    const refresh = () => Promise.reject(new ForgeError('rate-limited', 'slow down', { retryAfterSeconds: 30 }));
    const { runs, pass, wake } = setUp({ run: idle, refresh, agent: { schedule: parseSchedule('0 0 1 1 *') } });
    await wake();
    await pass(29);
    expect(runs()).toHaveLength(1);
    await pass(2);
    expect(runs()).toHaveLength(2);
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
