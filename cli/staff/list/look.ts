import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '#config';
import type { Ledger } from '#ledger';
import { lastHeartbeat } from '../../../shared/agent/heartbeat.ts';
import { isProcessAlive } from '../../../shared/ledger/process-identity.ts';
import { openLedger } from '../../../shared/ledger/sqlite.ts';
import type { Facts } from './roster.ts';

const days = 30;

/** What the instance of this disinto.toml knows of its agents now. A ledger that is not there yet is not made. */
export function lookAtStaff(file: string, config: Config, now: Date): Facts {
  const ledger = openIfThere(config);
  try {
    const since = new Date(now.getTime() - days * 86_400_000);
    const runs = ledger?.runs.list({ since }) ?? [];
    const names = new Set([...Object.keys(config.agents), ...runs.map((run) => run.agent)]);
    const pauses = new Map([...names].map((name) => [name, ledger?.switches.paused(name)?.reason ?? null]));
    return {
      config,
      now,
      runs,
      waits: ledger?.waits.list() ?? [],
      paused: (name) => pauses.get(name) ?? null,
      lives: (run) => (run.process.host === hostname() ? isProcessAlive(run.process) : null),
      heartbeat: (name) => lastHeartbeat(config.instance.data, name, isProcessAlive),
      tokens: tokensIn(join(dirname(file), 'secrets')),
    };
  } finally {
    ledger?.close();
  }
}

/** The ledger of the instance, or null before anything ran. */
export function openIfThere(config: Config): Ledger | null {
  const file = join(config.instance.data, 'ledger.sqlite');
  return existsSync(file) ? openLedger(file) : null;
}

function tokensIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) =>
    file.endsWith('.token') && file !== 'ci.token' && file !== 'admin.token' ? [file.slice(0, -'.token'.length)] : [],
  );
}
