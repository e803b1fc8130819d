import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from './ledger.ts';

const unknown = 'unknown';

/** Who this process is, in words that a later process with the same pid cannot repeat. */
export function thisProcess(): ProcessIdentity {
  const found = inspect(process.pid);
  return { pid: process.pid, startTicks: found.kind === 'alive' ? found.startTicks : unknown, boot: bootId(), host: hostname() };
}

/**
 * Whether the process may still be going on. False only when that is proven: on this host, and it booted since, the pid is
 * gone (or a zombie), or the pid belongs to a process that started at another time. A process on another host counts as alive.
 */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  const boot = bootId();
  if (boot !== unknown && identity.boot !== unknown && identity.boot !== boot) return false;
  const found = inspect(identity.pid);
  if (found.kind === 'gone') return false;
  return found.startTicks === unknown || identity.startTicks === unknown || found.startTicks === identity.startTicks;
}

type Found = { readonly kind: 'gone' } | { readonly kind: 'alive'; readonly startTicks: string };

function inspect(pid: number): Found {
  if (readText('/proc/self/stat') === null) return inspectWithoutProc(pid);
  const stat = readText(`/proc/${pid}/stat`);
  return stat === null ? { kind: 'gone' } : fromStat(stat);
}

/** Field 2 is the command in brackets and may hold spaces and brackets itself: count from the last bracket. */
export function fromStat(stat: string): Found {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return { kind: 'gone' };
  return { kind: 'alive', startTicks: fields[19] ?? unknown };
}

/** Systems without /proc: `ps` knows the start time to the second. */
function inspectWithoutProc(pid: number): Found {
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' } });
  if (status === null) return { kind: 'alive', startTicks: unknown };
  return stdout.trim() === '' ? { kind: 'gone' } : { kind: 'alive', startTicks: stdout.trim() };
}

const bootId = (): string => readText('/proc/sys/kernel/random/boot_id')?.trim() ?? unknown;

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
