import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretRegistry } from '#log';
import { replaceFile } from './files.ts';

/** The folder `secrets/` beside `disinto.toml`: one secret a file, each known to the mask from the moment it is read or written. */
export interface SecretFolder {
  readonly path: string;
  /** Path of a secret, for messages. */
  pathOf(name: string): string;
  /** The secret, trimmed, or null when there is no such file or nothing in it. */
  read(name: string): string | null;
  /** Whether others than its owner can open the file. */
  isOpen(name: string): boolean;
  close(name: string): void;
  /** Writes the secret so that only its owner can read it; a present one is replaced. */
  write(name: string, secret: string): void;
}

/** Nothing is made until a secret is written. */
export function openSecretFolder(path: string, mask: Pick<SecretRegistry, 'add'>): SecretFolder {
  const pathOf = (name: string): string => join(path, name);
  return {
    path,
    pathOf,
    read: (name) => {
      const secret = textOf(pathOf(name))?.trim() ?? '';
      if (secret === '') return null;
      mask.add(secret);
      return secret;
    },
    isOpen: (name) => ((statSync(pathOf(name), { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
    close: (name) => chmodSync(pathOf(name), 0o600),
    write: (name, secret) => {
      mask.add(secret);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      replaceFile(pathOf(name), `${secret}\n`, 0o600);
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
