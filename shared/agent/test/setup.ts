import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Agent, Outcome, Ports, Tick } from '#agent';
import { systemChance } from '#clock/system';
import type { AgentConfig, Config, ProjectConfig } from '#config';
import type { Ledger, RunEnd } from '#ledger';
import { parseSchedule } from '#schedule/parse';
import { createManualClock } from '../../clock/manual.ts';
import { openLedger } from '../../ledger/sqlite.ts';
import { isProcessAlive, thisProcess } from '../../ledger/process-identity.ts';
import { silentLog } from '../../log/pino.ts';
import { startHost } from '../host.ts';
import type { Host } from '../host.ts';
import type { HostedAgent, HostEvent } from '../hosted.ts';

export const start = new Date('2027-03-01T12:00:00.000Z');
export const key = 'dev@demo';
export const webhook = (delivery: string) => ({ kind: 'webhook', event: 'issues', delivery }) as const;
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((done) => setImmediate(done));
};

export type Run = (tick: Tick) => Promise<Outcome>;
interface Setup {
  readonly run: Run;
  readonly agent?: Partial<Agent>;
  readonly refresh?: () => Promise<void>;
  readonly ledgerFile?: string;
  /** Looks of a reviewer and its like beside dev, each by name; they find nothing to do. */
  readonly others?: Readonly<Record<string, () => Promise<void>>>;
}

const open: { host: Host; ledger: Ledger }[] = [];
afterEach(async () => {
  for (const { host, ledger } of open.splice(0)) {
    host.kill();
    await settled();
    ledger.close();
  }
});

export function setUp({ run, agent, refresh, others = {}, ledgerFile = join(mkdtempSync(join(tmpdir(), 'host-')), 'ledger.sqlite') }: Setup) {
  const clock = createManualClock(start);
  const ledger = openLedger(ledgerFile);
  const events: HostEvent[] = [];
  const config = { forge: { url: 'http://forge.test' }, instance: { data: '/data' } } as Config;
  const slot: HostedAgent = {
    agent: {
      role: 'dev',
      schedule: parseSchedule({ every: '60s' }),
      timeoutMinutes: 10,
      needs: ['view'],
      wakes: [],
      run: (_ports, tick) => run(tick),
      ...agent,
    },
    name: 'dev',
    settings: { name: 'dev', identity: 'dev-bot', tokenFile: null, schedule: null } as unknown as AgentConfig,
    project: { name: 'demo', repository: 'a/b' } as ProjectConfig,
    config,
    ports: { view: { refresh: refresh ?? (async () => {}) } } as unknown as Ports,
  };
  const beside = Object.entries(others).map(([name, look]): HostedAgent => {
    const ports = { view: { refresh: look } } as unknown as Ports;
    return { ...slot, name, agent: { ...slot.agent, run: (_ports, tick) => idle(tick) }, settings: { ...slot.settings, name }, ports };
  });
  const host = startHost({
    slots: [slot, ...beside],
    ledger,
    clock,
    chance: systemChance,
    log: silentLog,
    process: thisProcess(),
    isAlive: isProcessAlive,
    mask: (text) => text.replaceAll('s3cret', '[masked]'),
    knows: (text) => text.includes('s3cret'),
    onEvent: (event) => events.push(event),
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

export const idle: Run = async () => ({ kind: 'idle', reason: 'nothing to do' });
/** A step that ends when its signal is aborted. */
export const untilAborted: Run = (tick) => new Promise((done) => tick.signal.addEventListener('abort', () => done({ kind: 'waiting', reason: 'salvaged' })));
