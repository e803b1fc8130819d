import { readFileSync } from 'node:fs';
import type { Credential } from './rest.ts';

export interface RunningForge {
  readonly url: string;
  /** Of an administrator. */
  readonly bootstrap: Credential;
  close(): Promise<void>;
}

const variable = 'DISINTO_TEST_FORGE_ADMIN_TOKEN';

/** The forge that the environment names; null: none. */
export function forgeOfEnvironment(env: NodeJS.ProcessEnv = process.env): RunningForge | null {
  const url = env['DISINTO_TEST_FORGE_URL'] ?? '';
  if (url === '') return null;
  const file = env[`${variable}_FILE`] ?? '';
  const token = file === '' ? (env[variable] ?? '') : readFileSync(file, 'utf8').trim();
  if (token === '')
    throw new Error(`DISINTO_TEST_FORGE_URL is set: put the token of an administrator into ${variable}, or its file's name into ${variable}_FILE`);
  return { url: url.replace(/\/+$/, ''), bootstrap: { token }, close: () => Promise.resolve() };
}
