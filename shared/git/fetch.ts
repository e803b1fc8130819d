import { readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Clock, Chance } from '#clock';
import { GitError } from '#git';
import type { Log } from '#log';
import type { Run } from './command/run.ts';
import { serially } from './command/serial.ts';

/** The store mirrors these refs of the forge under their own names; whatever is deleted there vanishes here. */
export const mirrored = ['+refs/heads/*:refs/heads/*', '+refs/disinto/*:refs/disinto/*', '+refs/notes/disinto*:refs/notes/disinto*'] as const;

const attempts = 8;
const networkSeconds = 600;
/** Git holds a lock file of a ref for milliseconds; one this old was left by a process that was killed. */
const deadLockMs = 10_000;
/** Loose objects in one of the 256 folders, from which packing pays. */
const looseLimit = 40;

export interface FetchContext {
  readonly run: Run;
  readonly store: string;
  readonly forgeEnv: () => Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/**
 * Fetches into the store. Other processes may fetch or push there at the same time: the loser of a race for a ref lock tries
 * again, at most 8 times, and a lock that a killed process left is removed.
 */
export async function fetchRefs(context: FetchContext, refspecs: readonly string[]): Promise<void> {
  await serially(context.store, async () => {
    for (let attempt = 1; ; attempt += 1) {
      const contention = await fetchOnce(context, refspecs);
      if (contention === null) return;
      if (attempt === attempts) throw contention;
      await removeDeadLock(context, contention.message);
      await context.clock.sleep(20 * 2 ** attempt * (0.5 + context.chance.random()));
    }
  });
}

async function fetchOnce({ run, store, forgeEnv }: FetchContext, refspecs: readonly string[]): Promise<GitError | null> {
  const args = [`--git-dir=${store}`, 'fetch', '--quiet', '--prune', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', 'forge', ...refspecs];
  try {
    await run({ args, env: forgeEnv(), seconds: networkSeconds });
    return null;
  } catch (error) {
    if (error instanceof GitError && /cannot lock ref|\.lock'?: File exists|but expected|could not (?:delete|remove) ref/.test(error.message)) return error;
    throw error;
  }
}

async function removeDeadLock({ store, clock, log }: FetchContext, message: string): Promise<void> {
  const named = /'([^']+\.lock)'/.exec(message)?.[1];
  const lock = named === undefined ? null : resolve(dirname(store), named);
  if (lock === null || !lock.startsWith(store + sep)) return;
  const found = await stat(lock).catch(() => null);
  if (found === null || clock.now().getTime() - found.mtimeMs < deadLockMs) return;
  await unlink(lock).catch(() => undefined);
  log.warn({ lock }, 'removed a ref lock that a killed process left');
}

/**
 * Packs the store when it has grown by thousands of small files. Unreachable objects are kept, in the pack: workspaces may
 * borrow them. Readers in other processes find the new pack by themselves.
 */
export async function packStore({ run, store, log }: FetchContext): Promise<void> {
  const sample = await readdir(join(store, 'objects', '17')).catch(() => []);
  if (sample.length < looseLimit) return;
  await run({ args: [`--git-dir=${store}`, 'repack', '-a', '-d', '--keep-unreachable', '--quiet'], seconds: 1800 });
  log.debug({ store }, 'packed the git store');
}
