import { mkdirSync } from 'node:fs';
import { LockedError, lockDirectory } from '../../../embedded/forge/store/lock.ts';
import { CliError } from '../../command.ts';

/**
 * Lets one `disinto init`, `hire` or `fire` at a time change an instance, by a lock in its data folder that goes with the process.
 * Throws `CliError` when another one is at work; nothing was changed then.
 */
export async function withLock<T>(data: string, act: () => Promise<T>): Promise<T> {
  const free = lockInstance(data);
  try {
    return await act();
  } finally {
    free();
  }
}

/** The answer frees it. Nobody in this process may read the file of the lock: the kernel frees a lock with the first handle that is closed. */
export function lockInstance(data: string): () => void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  try {
    return lockDirectory(data, 'init');
  } catch (error) {
    if (!(error instanceof LockedError))
      throw new CliError(`Nothing was changed: there can be no lock in ${data}; give this user the right to write there.`, 1, error);
    throw new CliError(
      `Nothing was changed: another disinto init, hire or fire is at work on the instance in ${data}. Run this again when that has ended.`,
      1,
      error,
    );
  }
}
