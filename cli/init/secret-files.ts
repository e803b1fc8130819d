import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SecretRegistry } from '#log';
import { replaceFile } from './files.ts';

/** Files with one secret each, by absolute path; a secret is known to the mask from the moment it is read or written. */
export interface SecretFiles {
  /** The secret, trimmed, or null when there is no such file or nothing in it. */
  read(path: string): string | null;
  /** Whether others than its owner can open the file. */
  isOpen(path: string): boolean;
  close(path: string): void;
  /** Writes the secret so that only its owner can read it; a present one is replaced, unless it is the same. Its folder is made when it is missing. */
  write(path: string, secret: string): void;
  /** A secret from elsewhere that must not be shown. */
  learn(secret: string): void;
}

export function createSecretFiles(mask: Pick<SecretRegistry, 'add'>): SecretFiles {
  return {
    learn: (secret) => mask.add(secret),
    read: (path) => {
      const secret = textOf(path)?.trim() ?? '';
      if (secret === '') return null;
      mask.add(secret);
      return secret;
    },
    isOpen: (path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
    close: (path) => chmodSync(path, 0o600),
    write: (path, secret) => {
      mask.add(secret);
      if (textOf(path) === `${secret}\n`) return;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      replaceFile(path, `${secret}\n`, 0o600);
    },
  };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
