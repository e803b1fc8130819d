import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

/**
 * Keeps a second forge out of the directory; the answer lets it in again. The lock is the kernel's: it goes with the process,
 * however that ends. Throws when another forge runs.
 */
export function lockDirectory(directory: string): () => void {
  const lock = new DatabaseSync(join(directory, 'forge.lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (cause) {
    lock.close();
    throw new Error(`another forge runs in ${directory}: stop it first, or choose another directory`, { cause });
  }
  return () => lock.close();
}
