import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs git as a script would: plain commands in a folder, as one account of the forge. */
export type BareGit = (cwd: string, ...args: readonly string[]) => Promise<string>;

export function createBareGit(login: string, token: string): BareGit {
  const settings = [
    ['user.name', login],
    ['user.email', `${login}@noreply.invalid`],
    ['http.extraHeader', `Authorization: Basic ${Buffer.from(`${login}:${token}`).toString('base64')}`],
  ] as const;
  const env: Record<string, string> = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: String(settings.length),
  };
  for (const [at, [key, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${at}`] = key;
    env[`GIT_CONFIG_VALUE_${at}`] = value;
  }
  return async (cwd, ...args) => (await execute('git', [...args], { cwd, env, encoding: 'utf8' })).stdout.trim();
}
