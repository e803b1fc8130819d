import { dirname, join } from 'node:path';
import { roles, type ConfigPart, type Role } from '../../shared/config/schema.ts';
import type { ConfigValue } from '../../shared/config/edit/value.ts';
import { CliError } from '../command.ts';
import type { BackendOptions } from './options.ts';

export type WantedConfig = { readonly [table: string]: ConfigValue };

/** What a `disinto.toml` is to say, as far as the present file leaves it open. */
export interface ConfigWish {
  readonly instance: string;
  readonly forgeUrl: string;
  readonly embedded: boolean;
  readonly project: string;
  readonly repository: string;
  readonly ops: string;
  readonly branch: string;
  readonly maintainer: string;
  readonly listen: string;
  readonly webhookUrl: string | null;
  readonly backend: BackendOptions;
  readonly logins: Readonly<Record<string, string>>;
}

export const tableOf = (value: unknown): ConfigPart =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

/** Name of the login of an agent that the file does not have yet. */
const loginFor = (agent: string, logins: Readonly<Record<string, string>>): string => logins[agent] ?? `${agent}-bot`;

/**
 * The tables and keys that the file lacks; laid under what it says, it is complete. Tables that people wrote get only keys without
 * which this instance cannot run: files of secrets, and the ops repo.
 */
export function wantedConfig(file: ConfigPart, wish: ConfigWish): WantedConfig {
  const project = tableOf(tableOf(file['projects'])[wish.project]);
  return {
    ...(file['instance'] === undefined ? { instance: { name: wish.instance } } : {}),
    ...(file['forge'] === undefined ? { forge: { url: wish.forgeUrl, ...(wish.embedded ? { embedded: true } : {}) } } : {}),
    webhook: webhookOf(file, wish),
    ...(file['backends'] === undefined ? { backends: backendOf(wish.backend) } : {}),
    agents: agentsOf(file, wish),
    projects: { [wish.project]: project['repository'] === undefined ? projectOf(file, wish) : { ops: wish.ops } },
  };
}

function webhookOf(file: ConfigPart, { listen, webhookUrl }: ConfigWish): ConfigValue {
  const secret = { 'secret-file': 'secrets/webhook.secret' };
  return file['webhook'] === undefined ? { listen, ...secret, ...(webhookUrl === null ? {} : { url: webhookUrl }) } : secret;
}

function backendOf({ url, model, api, keyFile }: BackendOptions): ConfigValue {
  if (url === null) {
    const name = model ?? 'claude-sonnet-4-5';
    return { anthropic: { harness: 'claude', 'base-url': 'https://api.anthropic.com', model: name, 'key-file': keyFile ?? 'secrets/anthropic.key' } };
  }
  if (model === null) throw new CliError('--backend-url needs --model as well: the name of the model as that API knows it', 2);
  const harness = api === 'anthropic' ? 'claude' : 'pi';
  return { local: { harness, 'base-url': url, api: api ?? 'openai-chat', model, ...(keyFile === null ? {} : { 'key-file': keyFile }) } };
}

/** Agents of the file get the files of their secrets; a role that nobody has gets an agent of its name. */
function agentsOf(file: ConfigPart, { logins }: ConfigWish): ConfigValue {
  const present = tableOf(file['agents']);
  const names = Object.keys(present);
  const roleNames = Object.keys(roles) as readonly Role[];
  const lacking = roleNames.filter((role) => !names.some((name) => (tableOf(present[name])['role'] ?? name) === role || name.startsWith(`${role}-`)));
  const entries = [...names, ...lacking].map((name): [string, ConfigValue] => {
    const files = { 'token-file': join('secrets', `${name}.token`), 'password-file': join('secrets', `${name}.password`) };
    return [name, names.includes(name) ? files : { identity: loginFor(name, logins), ...files }];
  });
  return Object.fromEntries(entries);
}

/** A second project uses the CI account of the first. */
function projectOf(file: ConfigPart, { repository, branch, maintainer, ops, logins }: ConfigWish): ConfigValue {
  const others = Object.values(tableOf(file['projects'])).map((other) => tableOf(tableOf(other)['ci']));
  const known = others.find((ci) => ci['kind'] === 'embedded' && typeof ci['account'] === 'string' && typeof ci['token-file'] === 'string');
  const account = typeof known?.['account'] === 'string' ? known['account'] : loginFor('ci', logins);
  const tokenFile = typeof known?.['token-file'] === 'string' ? known['token-file'] : 'secrets/ci.token';
  const files = { 'token-file': tokenFile, 'password-file': join(dirname(tokenFile), 'ci.password') };
  return { repository, branch, maintainers: [maintainer], ops, ci: { kind: 'embedded', account, ...files } };
}
