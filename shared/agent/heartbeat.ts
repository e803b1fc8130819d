import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '#clock';
import type { Log } from '#log';

export interface HeartbeatOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False while the process needs a restart: the file then grows old, and whoever watches it acts. */
  readonly isWell: () => boolean;
}

const everyMs = 15_000;
/** Where the processes of an instance write that they hold an agent, unless told otherwise. */
export const heartbeatFolder = (data: string): string => join(data, 'heartbeat');
/** When a process last wrote that it holds the agent and is well, or null. */
export const lastHeartbeat = (data: string, agent: string): Date | null =>
  statSync(join(heartbeatFolder(data), agent), { throwIfNoEntry: false })?.mtime ?? null;
/** An older heartbeat is that of a process that is gone, or not well. */
export const isFresh = (beat: Date | null, now: Date): boolean => beat !== null && now.getTime() - beat.getTime() <= 3 * everyMs;

/** Writes the time into a file every 15 seconds while all is well. The returned function ends that. */
export function startHeartbeat({ file, clock, log, isWell }: HeartbeatOptions): () => void {
  let cancel = (): void => {};
  const beat = (): void => {
    cancel = clock.after(everyMs, beat);
    if (isWell()) write();
  };
  const write = (): void => {
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${clock.now().toISOString()}\n`);
    } catch (error) {
      log.warn({ err: error, file }, 'The heartbeat cannot be written');
    }
  };
  beat();
  return () => cancel();
}
