import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type AgentConfig, type Config, ConfigError, type ProjectConfig } from '#config';
import type { ForgeAdmin } from '#forge/admin';
import { parseConfig } from '../../shared/config/load.ts';
import { parseToml } from '../../shared/config/toml.ts';
import type { ConfigPart, Role } from '../../shared/config/schema.ts';
import { CliError } from '../command.ts';
import { refuseContradictions } from './call/contradictions.ts';
import { longestRepository } from './call/place.ts';
import type { InitOptions } from './options.ts';
import { type AccountRole, markOf, type Rights, rightsOf } from './rights.ts';
import { type ConfigWish, tableOf, type WantedConfig, wantedConfig } from './wanted-config.ts';

/** An account that the factory works with: an agent's, or the CI's. */
export interface FactoryAccount {
  /** Name of the agent, or `ci`. */
  readonly agent: string;
  readonly role: AccountRole;
  readonly login: string;
  /** Full name that says that this instance made the account. */
  readonly mark: string;
  readonly rights: Rights;
  /** It sees only what it is given by name: so, or to be made so. */
  readonly restricted: boolean;
  /** Absolute paths. */
  readonly tokenFile: string;
  readonly passwordFile: string;
}

/** Everything that is decided before the forge is changed: from the options, the present disinto.toml, and what was found out. */
export interface InitSettings {
  /** Absolute path of the disinto.toml, and what it lacks. */
  readonly file: string;
  readonly wanted: WantedConfig;
  readonly isNew: boolean;
  /** The configuration as it will be. */
  readonly config: Config;
  readonly project: ProjectConfig;
  /** Whether only collaborators see the project's repository. */
  readonly isPrivate: boolean;
  /** `owner/name` of the ops repo. */
  readonly ops: string;
  readonly accounts: readonly FactoryAccount[];
  readonly listen: string;
  /** Where the forge posts to. */
  readonly hookUrl: string;
  readonly secretFile: string;
  readonly journalFile: string;
}

/** What only looking can tell. */
export interface Found {
  readonly forgeUrl: string;
  /** Login of the admin token. */
  readonly me: string;
  /** Branch of the repository that changes go into. */
  readonly branch: string;
  readonly isPrivate: boolean;
  /** Address of this machine as the forge sees it. */
  readonly localAddress: string;
}

/** The present file as plain values; an empty table when there is none. Throws `ConfigError` when it is not TOML. */
export function readPresent(file: string): { readonly text: string; readonly value: ConfigPart } | null {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, value: parseToml(text, file).value };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function projectNameOf(options: InitOptions, present: ConfigPart): string {
  const known = Object.entries(tableOf(present['projects'])).find(([, table]) => sameText(tableOf(table)['repository'], options.repository));
  if (known !== undefined) return known[0];
  const name =
    options.project ??
    basename(options.repository)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 40);
  return name === '' ? 'project' : name;
}

const sameText = (value: unknown, text: string): boolean => typeof value === 'string' && value.toLowerCase() === text.toLowerCase();

/** Throws `CliError` where the options contradict the file, and `ConfigError` where the file is wrong. */
export function resolveSettings(options: InitOptions, found: Found): InitSettings {
  const present = readPresent(options.config);
  const value = present?.value ?? {};
  const wanted = wantedConfig(value, wishOf(options, value, found));
  const config = completed(options.config, present?.text ?? null, wanted);
  const project = config.projects[projectNameOf(options, value)];
  if (project?.ops == null || config.webhook === null) throw new Error('the wanted configuration lacks what it was made with');
  refuseContradictions({ options, present: present === null ? null : value, config, project, forgeUrl: found.forgeUrl });
  const listen = config.webhook.listen;
  const accounts = accountsOf(config, project, options.config);
  refuseTwins(accounts);
  refuseLongName(project.ops);
  return {
    file: options.config,
    wanted,
    isNew: present === null,
    config,
    project,
    isPrivate: found.isPrivate,
    ops: project.ops,
    accounts,
    listen,
    hookUrl: config.webhook.url ?? `http://${listen.replace(/^(0\.0\.0\.0|\[::\])(?=:)/, bracketed(found.localAddress))}/`,
    secretFile: config.webhook.secretFile ?? resolve(dirname(options.config), 'secrets/webhook.secret'),
    journalFile: join(config.instance.data, 'init.json'),
  };
}

/** Where there is no file yet, what is wrong is the call. */
function completed(file: string, text: string | null, wanted: WantedConfig): Config {
  try {
    return parseConfig(text ?? '', file, { base: wanted });
  } catch (error) {
    if (text !== null || !(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ path, message }) => `  ${path}: ${message}`);
    throw new CliError(['the options do not make a disinto.toml that holds:', ...problems].join('\n'), 2, error);
  }
}

/** What one of them does would count as done by the other. */
function refuseTwins(accounts: readonly FactoryAccount[]): void {
  for (const [at, { agent, login }] of accounts.entries()) {
    const twin = accounts.slice(at + 1).find((other) => sameText(other.login, login));
    if (twin !== undefined)
      throw new CliError(`${agent} and ${twin.agent} would both be ${login}: each has an account of its own; choose another login with --logins`);
  }
}

function refuseLongName(ops: string): void {
  if (basename(ops).length <= longestRepository) return;
  const why = `the ops repo would be ${ops}, whose name is longer than the ${longestRepository} characters that forges take`;
  throw new CliError(`${why}: name another with ops = "owner/name" in the table of the project in the disinto.toml`);
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

function wishOf(options: InitOptions, present: ConfigPart, found: Found): ConfigWish {
  return {
    instance: options.instance ?? 'disinto',
    forgeUrl: found.forgeUrl,
    embedded: options.forgeUrl === null,
    project: projectNameOf(options, present),
    repository: options.repository,
    ops: `${options.repository}-ops`,
    branch: found.branch,
    maintainer: options.maintainer ?? found.me,
    listen: options.listen ?? `${bracketed(found.localAddress)}:8088`,
    webhookUrl: options.webhookUrl,
    backend: options.backend,
    logins: options.logins,
  };
}

/** The account of an agent. */
export function accountOf({ name, role: roleName, identity: login, tokenFile, passwordFile }: AgentConfig, { instance }: Config, file: string): FactoryAccount {
  const role = roleName as Role;
  const secrets = resolve(dirname(file), 'secrets');
  return {
    agent: name,
    role,
    login,
    mark: markOf(name, instance.name),
    rights: rightsOf[role],
    restricted: false,
    tokenFile: tokenFile ?? join(secrets, `${name}.token`),
    passwordFile: passwordFile ?? join(secrets, `${name}.password`),
  };
}

/** The accounts that work on a project: those of its agents that are enabled, and of its CI. A fired agent has none to set up. */
export function accountsOf(config: Config, project: ProjectConfig, file: string): readonly FactoryAccount[] {
  const secrets = resolve(dirname(file), 'secrets');
  const agents = Object.values(config.agents).filter((agent) => agent.enabled && (agent.projects.length === 0 || agent.projects.includes(project.name)));
  const ofAgents = agents.map((agent) => accountOf(agent, config, file));
  const { kind, account, tokenFile, passwordFile } = project.ci;
  if (kind !== 'embedded') return ofAgents;
  const ciToken = tokenFile ?? join(secrets, 'ci.token');
  const ci = {
    agent: 'ci',
    role: 'ci',
    login: account,
    mark: markOf('ci', config.instance.name),
    rights: rightsOf.ci,
    restricted: false,
    tokenFile: ciToken,
  } as const;
  return [...ofAgents, { ...ci, passwordFile: passwordFile ?? join(dirname(ciToken), 'ci.password') }];
}

/** Accounts that only read are made restricted, by a site admin alone; those that are there stay as they are. */
export async function withRestriction(admin: Pick<ForgeAdmin, 'findAccount'>, siteAdmin: boolean, account: FactoryAccount): Promise<FactoryAccount> {
  if (account.rights.project !== 'read') return account;
  const found = await admin.findAccount(account.login);
  return { ...account, restricted: found === null ? siteAdmin : found.restricted };
}
