import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '#clock';
import type { ProcessIdentity } from '#ledger';
import type { Log } from '#log';

export interface HeartbeatOptions {
  readonly file: string;
  /** Who writes it. */
  readonly process: ProcessIdentity;
  readonly clock: Clock;
  readonly log: Log;
  /** False while the process needs a restart: the file then grows old, and whoever watches it acts. */
  readonly isWell: () => boolean;
}

const everyMs = 15_000;
/** Where the processes of an instance write that they hold an agent, unless told otherwise. */
export const heartbeatFolder = (data: string): string => join(data, 'heartbeat');
/** When a process last wrote that it holds the agent and is well; null: never, or that process is proven gone. */
export function lastHeartbeat(data: string, agent: string, isAlive: (process: ProcessIdentity) => boolean): Date | null {
  const file = join(heartbeatFolder(data), agent);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  const holder = holderIn(file);
  return holder === null || isAlive(holder) ? found.mtime : null;
}
/** An older heartbeat is that of a process that is gone, or not well. */
export const isFresh = (beat: Date | null, now: Date): boolean => beat !== null && now.getTime() - beat.getTime() <= 3 * everyMs;

/** The process that wrote the file; null when it does not say, or is just being written. */
function holderIn(file: string): ProcessIdentity | null {
  try {
    const said = JSON.parse(readFileSync(file, 'utf8').split('\n')[1] ?? '') as Partial<ProcessIdentity> | null;
    const { pid, startTicks, boot, host } = said ?? {};
    const isWhole = typeof pid === 'number' && typeof startTicks === 'string' && typeof boot === 'string' && typeof host === 'string';
    return isWhole ? { pid, startTicks, boot, host } : null;
  } catch {
    return null;
  }
}

/** Writes the time and who this process is into a file every 15 seconds while all is well. The returned function ends that. */
export function startHeartbeat({ file, process, clock, log, isWell }: HeartbeatOptions): () => void {
  let cancel = (): void => {};
  const beat = (): void => {
    cancel = clock.after(everyMs, beat);
    if (isWell()) write();
  };
  const holder = JSON.stringify(process);
  const write = (): void => {
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${clock.now().toISOString()}\n${holder}\n`);
    } catch (error) {
      log.warn({ err: error, file }, 'The heartbeat cannot be written');
    }
  };
  beat();
  return () => cancel();
}
