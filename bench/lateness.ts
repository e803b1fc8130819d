import { join } from 'node:path';
import { defineAgent } from '#agent';
import type { Schedule } from '#schedule';
import { parseConfig } from '../shared/config/load.ts';
import { hostOptions, openRuntime } from '../shared/agent/connect.ts';
import { startHost } from '../shared/agent/host.ts';
import type { HostedAgent } from '../shared/agent/hosted.ts';
import { systemClock } from '../shared/clock/system.ts';
import { createSecretRegistry } from '../shared/log/mask.ts';
import { createLog } from '../shared/log/pino.ts';
import { type Figure, quantile } from './figure.ts';

const seconds = 20;
const intervals = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** How late runs start after they are due: ten agents on intervals of 100 ms to 1 s, beside bare timers for the same instants. */
export async function measureLateness(root: string): Promise<readonly Figure[]> {
  const startedAt = new Map<string, Date>();
  const agents = Object.fromEntries(intervals.map((_, at) => [`dev-${at}`, {}]));
  const config = parseConfig('', join(root, 'disinto.toml'), {
    base: {
      instance: { name: 'bench', data: root },
      forge: { url: 'http://127.0.0.1:1' },
      projects: { bench: { repository: 'bench/bench' } },
      agents,
      backends: { none: { harness: 'pi', 'base-url': 'http://127.0.0.1:1', api: 'anthropic', model: 'none' } },
    },
  });
  const secrets = createSecretRegistry();
  const runtime = openRuntime({ config, env: {}, secrets, log: createLog({ level: 'silent', secrets }) });
  const slots = intervals.flatMap((interval, at) => slotsFor(config, `dev-${at}`, interval, startedAt));
  const bare = bareTimers();
  const began = systemClock.now();
  const host = startHost({ ...hostOptions(runtime), slots });
  await systemClock.sleep(seconds * 1000);
  await host.stop();
  bare.stop();
  const late = runtime.ledger.schedules.occurrences({ since: began }).flatMap((occurrence) => {
    const started = occurrence.end?.kind === 'ran' ? startedAt.get(occurrence.end.run) : undefined;
    return started === undefined ? [] : [started.getTime() - occurrence.dueAt.getTime()];
  });
  runtime.ledger.close();
  const value = quantile(late, 0.99);
  return [
    {
      name: `fire lateness p99 (${late.length} fires)`,
      value,
      unit: 'ms',
      reference: { name: `bare timers, ${bare.late.length}`, value: quantile(bare.late, 0.99) },
      wanted: '≤ 50 ms',
      holds: value <= 50 && late.length > 300,
    },
  ];
}

function slotsFor(config: HostedAgent['config'], name: string, interval: number, startedAt: Map<string, Date>): readonly HostedAgent[] {
  const settings = config.agents[name];
  const project = config.projects['bench'];
  if (settings === undefined || project === undefined) return [];
  const schedule: Schedule = { timing: { kind: 'every', seconds: interval }, overlap: 'skip', catchUp: { kind: 'latest' }, graceSeconds: 60, jitterSeconds: 0 };
  const agent = defineAgent({
    role: 'dev',
    schedule,
    timeoutMinutes: 1,
    needs: [],
    wakes: [],
    run: (_ports, tick) => {
      startedAt.set(tick.run, systemClock.now());
      return Promise.resolve({ kind: 'idle', reason: 'nothing to do' });
    },
  });
  return [{ agent, name, settings, project, config, ports: {} as HostedAgent['ports'] }];
}

/** What the machine itself allows at this moment: one plain timer per instant. */
function bareTimers(): { readonly late: number[]; stop(): void } {
  const late: number[] = [];
  const cancels = intervals.map((interval) => {
    let cancel = (): void => {};
    const arm = (): void => {
      const step = interval * 1000;
      const now = systemClock.now().getTime();
      const due = (Math.floor(now / step) + 1) * step;
      cancel = systemClock.after(due - now, () => {
        late.push(systemClock.now().getTime() - due);
        arm();
      });
    };
    arm();
    return () => cancel();
  });
  return { late, stop: () => cancels.forEach((cancel) => cancel()) };
}
