import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { type Config, ConfigError } from '#config';
import type { Environment } from './environment.ts';

/** Variables that disinto reads secrets from; each also with `_FILE` behind it. */
export const ownSecrets: readonly string[] = ['FORGE_TOKEN', 'CI_TOKEN', 'WEBHOOK_SECRET', 'DISINTO_ADMIN_TOKEN'];

/** The secret in a file, trimmed. Throws `ConfigError` (kind `secret`) when it is missing, empty, or open to everybody. */
export function readSecretFile(path: string): string {
  const mode = modeOf(path);
  if ((mode & 0o007) !== 0) throw refusal(path, `holds a secret and everybody on this machine can open it; run: chmod 600 ${path}`);
  const secret = contentOf(path).trim();
  if (secret === '') throw refusal(path, 'is empty; put the secret into it');
  return secret;
}

/** The secret called `name`: from the file that `<name>_FILE` names, else from `<name>` itself; null when neither is set. Throws like `readSecretFile`. */
export function readSecret(name: string, env: Environment): string | null {
  const file = env[`${name}_FILE`];
  if (file !== undefined && file !== '') return readSecretFile(file);
  const value = env[name]?.trim() ?? '';
  return value === '' ? null : value;
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode;
  } catch (error) {
    throw refusal(path, 'does not exist or cannot be reached; create it with the secret in it', error);
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refusal(path, 'cannot be read by this user; check its owner and that it is a file', error);
  }
}

function refusal(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError('secret', path, [{ line: 1, path: '', message }], cause);
}

/** Names of variables that say where a secret lies. */
const namesSecretFile = /(?:TOKEN|SECRET|PASSWORD|KEY)_FILE$/;

/**
 * What of an instance no session and no CI step gets to see: its data folder (ledger, the embedded forge, other workspaces, transcripts),
 * every file with a secret that the configuration or the environment names, and the whole `secrets/` folder that such a file lies in.
 * Absolute paths, each once.
 */
export function hiddenOf(
  { instance, agents, backends, projects, webhook }: Pick<Config, 'instance' | 'agents' | 'backends' | 'projects' | 'webhook'>,
  env: Environment,
): readonly string[] {
  const named = [
    ...Object.values(agents).flatMap(({ tokenFile, passwordFile }) => [tokenFile, passwordFile]),
    ...Object.values(backends).map(({ keyFile }) => keyFile),
    ...Object.values(projects).flatMap(({ ci }) => [ci.tokenFile, ci.passwordFile]),
    webhook?.secretFile ?? null,
    ...Object.entries(env).flatMap(([name, path]) => (namesSecretFile.test(name) && path !== undefined && isAbsolute(path) ? [path] : [])),
  ].filter((path) => path !== null);
  return [...new Set([instance.data, ...named.map((path) => (basename(dirname(path)) === 'secrets' ? dirname(path) : path))])];
}
