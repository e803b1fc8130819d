import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

/** Another process works in the directory. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

const names = { forge: 'forge', ci: 'CI', init: 'setting up' } as const;

/**
 * Keeps a second forge (or CI, or whoever sets up) out of the directory; the answer lets it in again. The lock is the kernel's: it goes with the
 * process, however that ends. Throws `LockedError` when another one runs.
 */
export function lockDirectory(directory: string, what: keyof typeof names = 'forge'): () => void {
  const lock = new DatabaseSync(join(directory, `${what}.lock`));
  try {
    // Nothing is ever written, and a journal would stay beside the lock when the process is killed.
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (cause) {
    lock.close();
    throw new LockedError(`another ${names[what]} runs in ${directory}: stop it first, or choose another directory`, { cause });
  }
  return () => {
    if (lock.isOpen) lock.close();
  };
}
