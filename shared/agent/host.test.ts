import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Agent, Outcome, Ports, Tick } from '#agent';
import { systemChance } from '#clock/system';
import type { AgentConfig, Config, ProjectConfig } from '#config';
import { ForgeError } from '#forge';
import type { Ledger, RunEnd } from '#ledger';
import { parseSchedule } from '#schedule/parse';
import { createManualClock } from '../clock/manual.ts';
import { openLedger } from '../ledger/sqlite.ts';
import { isProcessAlive, thisProcess } from '../ledger/process-identity.ts';
import { silentLog } from '../log/pino.ts';
import { startHost } from './host.ts';
import type { Host } from './host.ts';
import type { HostedAgent, HostEvent } from './hosted.ts';

const start = new Date('2027-03-01T12:00:00.000Z');
const key = 'dev@demo';
const webhook = (delivery: string) => ({ kind: 'webhook', event: 'issues', delivery }) as const;
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((done) => setImmediate(done));
};

type Run = (tick: Tick) => Promise<Outcome>;
interface Setup {
  readonly run: Run;
  readonly agent?: Partial<Agent>;
  readonly refresh?: () => Promise<void>;
  readonly ledgerFile?: string;
}

const open: { host: Host; ledger: Ledger }[] = [];
afterEach(async () => {
  for (const { host, ledger } of open.splice(0)) {
    host.kill();
    await settled();
    ledger.close();
  }
});

function setUp({ run, agent, refresh, ledgerFile = join(mkdtempSync(join(tmpdir(), 'host-')), 'ledger.sqlite') }: Setup) {
  const clock = createManualClock(start);
  const ledger = openLedger(ledgerFile);
  const events: HostEvent[] = [];
  const config = {} as Config;
  const slot: HostedAgent = {
    agent: {
      role: 'dev', schedule: parseSchedule({ every: '60s' }), timeoutMinutes: 10, needs: ['view'], wakes: [],
      run: (_ports, tick) => run(tick), ...agent,
    },
    name: 'dev',
    settings: { name: 'dev', schedule: null } as AgentConfig,
    project: { name: 'demo', repository: 'a/b' } as ProjectConfig,
    config,
    ports: { view: { refresh: refresh ?? (async () => {}) } } as unknown as Ports,
  };
  const host = startHost({
    slots: [slot], ledger, clock, chance: systemChance, log: silentLog, process: thisProcess(), isAlive: isProcessAlive,
    mask: (text) => text.replaceAll('s3cret', '[masked]'), knows: (text) => text.includes('s3cret'), onEvent: (event) => events.push(event),
  });
  open.push({ host, ledger });
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      await settled();
    }
  };
  const runs = () => ledger.runs.list({ since: new Date(0) }).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ends = (): readonly (RunEnd['kind'] | undefined)[] => runs().map((each) => each.end?.kind);
  const wake = async (): Promise<void> => {
    host.wake(key, 'a', webhook('1'));
    await settled();
  };
  return { clock, ledger, host, events, pass, runs, ends, wake };
}

const idle: Run = async () => ({ kind: 'idle', reason: 'nothing to do' });
/** A step that ends when its signal is aborted. */
const untilAborted: Run = (tick) =>
  new Promise((done) => tick.signal.addEventListener('abort', () => done({ kind: 'waiting', reason: 'salvaged' })));

describe('schedules and wakes', () => {
  it('runs at each due time and records the end', async () => {
    const { pass, runs, ledger, host } = setUp({ run: idle });
    expect(host.idle()).toBe(true);
    await pass(121);
    expect(runs().map((run) => [run.cause.kind, run.end?.kind])).toEqual([['occurrence', 'idle'], ['occurrence', 'idle']]);
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
    const { host, runs, pass, ends, wake } = setUp({ run: () => Promise.reject(new Error('no luck with s3cret')), agent: { schedule: parseSchedule('0 0 1 1 *') } });
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
    expect(ledger.effects.list({ run: id })).toMatchObject([{ kind: 'push', detail: 'of [masked]' }, { kind: 'merge', confirmedAt: null }]);
    expect(ledger.effects.list({ run: id })[0]?.confirmedAt).not.toBeNull();
    expect(events.slice(0, 3).map((event) => event.kind)).toEqual(['run-started', 'claimed', 'run-ended']);
  });
});
