import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SessionError } from '#session';

const homes = (directory: string): string => join(directory, 'homes');

/** Makes the folders that sessions need. Throws `SessionError` `disk`. */
export function ensureFolders(directory: string): void {
  make(homes(directory));
}

/** A HOME of its own for one session: no configuration, history or credential of anybody is in it. */
export function createHome(directory: string, session: string): string {
  const home = join(homes(directory), session);
  make(home);
  return home;
}

/** The home holds the key of the endpoint and nothing worth keeping. */
export function removeHome(directory: string, session: string): void {
  rmSync(join(homes(directory), session), { recursive: true, force: true, maxRetries: 3 });
}

/** Removes the homes that killed processes left behind: those of sessions that the ledger knows and does not call running. */
export function removeStaleHomes(directory: string, stateOf: (session: string) => string | undefined): void {
  for (const session of readdirSync(homes(directory))) {
    const state = stateOf(session);
    if (state !== undefined && state !== 'running') removeHome(directory, session);
  }
}

/** The key in a file, trimmed; empty when the backend needs none. Throws `SessionError` `config`. */
export function readKeyFile(file: string | null): string {
  if (file === null) return '';
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SessionError('config', `Cannot read the model key from ${file}. Correct key-file of the backend, or create the file.`, error);
  }
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SessionError('disk', `Cannot create ${folder}. Check that the data folder is ours and has space.`, error);
  }
}
