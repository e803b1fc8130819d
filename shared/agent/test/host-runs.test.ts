import { describe, expect, it } from 'vitest';
import { parseSchedule } from '#schedule/parse';
import { start, key, webhook, settled, setUp, idle, untilAborted, type Run } from './setup.ts';

describe('schedules and wakes', () => {
  it('runs at each due time and records the end', async () => {
    const { pass, runs, ledger, host } = setUp({ run: idle });
    expect(host.idle()).toBe(true);
    await pass(121);
    expect(runs().map((run) => [run.cause.kind, run.end?.kind])).toEqual([
      ['occurrence', 'idle'],
      ['occurrence', 'idle'],
    ]);
    expect(ledger.schedules.audit(start, new Date(start.getTime() + 121_000))).toMatchObject([{ ran: 2, unexplained: 0 }]);
  });

  it('starts a run for a wake at once, and coalesces what waits', async () => {
    let finish = (): void => {};
    const { host, runs, ledger, wake } = setUp({ run: () => new Promise((done) => (finish = () => done({ kind: 'idle', reason: '' }))) });
    await wake();
    expect(host.idle()).toBe(false);
    for (const name of ['b', 'c', 'b']) host.wake(key, name, webhook(name));
    await settled();
    expect(runs()).toHaveLength(1);
    finish();
    await settled();
    expect(runs().map((run) => run.cause)).toEqual([webhook('1'), webhook('b')]);
    expect(ledger.events.list({ kind: 'wakes-coalesced' })).toMatchObject([{ data: { wakes: [{ key: 'c' }] } }]);
    finish();
    await settled();
    expect(host.idle()).toBe(true);
  });

  it('takes a wake that another process recorded', async () => {
    const { ledger, pass, runs, clock } = setUp({ run: idle });
    ledger.switches.wake(key, 'cli', { kind: 'command', by: 'somebody' }, clock.now());
    await pass(10);
    expect(runs()[0]?.cause).toEqual({ kind: 'command', by: 'somebody' });
  });

  it('looks once at start when events wake the agent: it may have missed some', async () => {
    const { runs } = setUp({ run: idle, agent: { wakes: ['issues'] } });
    await settled();
    expect(runs()[0]?.cause).toEqual({ kind: 'command', by: 'start' });
  });

  it('a paused agent does nothing, wakes wait, and time passing is skipped with the reason', async () => {
    const { host, ledger, pass, runs, clock, wake } = setUp({ run: idle });
    ledger.switches.pause('dev', 'holiday', clock.now());
    await wake();
    await pass(61);
    expect(runs()).toEqual([]);
    expect(host.idle()).toBe(true);
    expect(ledger.schedules.occurrences({ since: start })).toMatchObject([{ end: { kind: 'skipped', reason: 'paused: holiday' } }]);
    ledger.switches.resume('dev');
    await pass(10);
    expect(runs().map((run) => run.cause)).toEqual([webhook('1')]);
  });

  it('an occurrence that falls due during a run is skipped, not run beside it', async () => {
    const { ledger, pass, runs, wake } = setUp({ run: untilAborted });
    await wake();
    await pass(61);
    expect(runs()).toHaveLength(1);
    expect(ledger.schedules.occurrences({ since: start })).toMatchObject([{ end: { kind: 'skipped', reason: 'still running' } }]);
  });
});

describe('what follows a run', () => {
  it('goes on at once after it acted, until there is nothing to do', async () => {
    let steps = 0;
    const { host, runs, wake } = setUp({ run: async () => (steps++ < 2 ? { kind: 'acted', did: `step ${steps}` } : { kind: 'idle', reason: '' }) });
    await wake();
    const [first, second, third] = runs();
    expect([first?.end?.kind, second?.end?.kind, third?.end?.kind]).toEqual(['acted', 'acted', 'idle']);
    expect(second?.cause).toEqual({ kind: 'follow-up', of: first?.id });
    expect(host.idle()).toBe(true);
  });

  it('G15: an agent that repeats itself goes on at its schedule only', async () => {
    const { host, runs, pass, events, wake } = setUp({ run: async () => ({ kind: 'acted', did: 'labelled issue 7' }) });
    await wake();
    expect(runs()).toHaveLength(20);
    expect(events.filter((event) => event.kind === 'loop-stopped')).toHaveLength(1);
    expect(host.idle()).toBe(true);
    await pass(60);
    expect(runs()).toHaveLength(21);
  });

  it('a throw fails the run with a masked reason, and is tried again a few times, slower and slower', async () => {
    const { host, runs, pass, ends, wake } = setUp({
      run: () => Promise.reject(new Error('no luck with s3cret')),
      agent: { schedule: parseSchedule('0 0 1 1 *') },
    });
    await wake();
    expect(runs()[0]?.end).toEqual({ kind: 'failed', reason: 'no luck with [masked]' });
    await pass(2);
    expect(ends()).toHaveLength(2);
    await pass(120);
    expect(ends()).toHaveLength(6);
    expect(host.idle()).toBe(true);
  });

  it('an agent that passes its deadline is told to stop, and failed if it throws', async () => {
    const run: Run = (tick) => new Promise((_done, fail) => tick.signal.addEventListener('abort', () => fail(new Error('stopped'))));
    const { runs, pass, wake } = setUp({ run, agent: { timeoutMinutes: 0.1 } });
    await wake();
    await pass(6);
    expect(runs()[0]?.end).toEqual({ kind: 'failed', reason: 'passed its deadline: stopped' });
  });

  it('a run that ignores its deadline makes the host overdue', async () => {
    const { host, pass, wake } = setUp({ run: () => new Promise(() => {}), agent: { timeoutMinutes: 0.1 } });
    await wake();
    await pass(30);
    expect(host.overdue()).toBe(false);
    await pass(40);
    expect(host.overdue()).toBe(true);
  });
});
