import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent, Ports } from '#agent';
import type { Chance, Clock } from '#clock';
import { ConfigError } from '#config';
import type { AgentConfig, BackendConfig, Config, ProjectConfig } from '#config';
import type { Forge } from '#forge';
import type { Ledger, ProcessIdentity } from '#ledger';
import type { Log, SecretRegistry } from '#log';
import { SessionError } from '#session';
import type { Sessions } from '#session';
import { configApproval } from '#work/approval';
import { createCi } from '../ci/ci-adapter.ts';
import type { CiDeps } from '../ci/ci-adapter.ts';
import { systemChance, systemClock } from '../clock/system.ts';
import { hiddenOf, readSecret, readSecretFile } from '../config/secret.ts';
import { processEnvironment, visibleEnvironment } from '../config/environment.ts';
import type { Environment } from '../config/environment.ts';
import { loadConfig } from '../config/load.ts';
import { createView } from '../forge/cached-view.ts';
import { createForge } from '../forge/forgejo.ts';
import { createPicture, type Picture } from '../forge/picture/picture.ts';
import { createGit } from '../git/store.ts';
import { isProcessAlive, thisProcess } from '../ledger/process-identity.ts';
import { openLedger } from '../ledger/sqlite.ts';
import { createSecretRegistry } from '../log/mask.ts';
import { createLog } from '../log/pino.ts';
import type { LogLevel } from '../log/pino.ts';
import { createSessions, locateHarness } from '../session/sessions.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';

/** What one process shares between its agents. */
export interface Runtime {
  readonly config: Config;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly secrets: SecretRegistry;
  readonly ledger: Ledger;
  readonly process: ProcessIdentity;
  readonly env: Environment;
}

export type RuntimeOptions = Partial<Omit<Runtime, 'config' | 'process'>> & { readonly config: Config; readonly env: Environment };

/** Opens the ledger and whatever else is not handed in. The data folder is made. Throws `LedgerError`. */
export function openRuntime(options: RuntimeOptions): Runtime {
  const { config, env } = options;
  mkdirSync(config.instance.data, { recursive: true, mode: 0o700 });
  const secrets = options.secrets ?? createSecretRegistry();
  for (const value of secretValues(config.session.env, env)) secrets.add(value);
  const log = options.log ?? createLog({ level: levelOf(env), secrets, format: env['DISINTO_LOG_FORMAT'] === 'plain' ? 'plain' : 'json' });
  return {
    config,
    env,
    secrets,
    log,
    clock: options.clock ?? systemClock,
    chance: options.chance ?? systemChance,
    ledger: options.ledger ?? openLedger(join(config.instance.data, 'ledger.sqlite')),
    process: thisProcess(),
  };
}

/** The runtime of a container: configured by the file that DISINTO_CONFIG names. Throws `ConfigError` and `LedgerError`. */
export async function loadRuntime(env: Environment = processEnvironment()): Promise<Runtime> {
  return openRuntime({ config: await loadConfig(fileOf(env)), env });
}

/** The configuration as the file says it now; null while it cannot be used, for example half-edited. */
export async function reloadConfig({ env }: Runtime): Promise<Config | null> {
  return loadConfig(fileOf(env)).catch((error: unknown) => {
    if (error instanceof ConfigError) return null;
    throw error;
  });
}

function fileOf(env: Environment): string {
  return env['DISINTO_CONFIG'] ?? 'disinto.toml';
}

/** Where webhooks come in and what signs them, or null when none are configured. Throws `ConfigError` when there is no secret. */
export function webhookOf({
  config,
  env,
  secrets,
}: Runtime): { readonly listen: { readonly host: string; readonly port: number }; readonly secret: string } | null {
  if (config.webhook === null) return null;
  const { listen, secretFile } = config.webhook;
  const secret = secretFile === null ? readSecret('WEBHOOK_SECRET', env) : readSecretFile(secretFile);
  if (secret === null) {
    const message = 'is missing, and neither WEBHOOK_SECRET_FILE nor WEBHOOK_SECRET is set: name the file with the secret of the webhook';
    throw new ConfigError('secret', 'disinto.toml', [{ line: 1, path: 'webhook.secret-file', message }]);
  }
  secrets.add(secret);
  const colon = listen.lastIndexOf(':');
  return { listen: { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) }, secret };
}

/** Values of the variables handed to sessions and CI whose names say that they are secret: they may be used there and shown nowhere. */
function secretValues(names: readonly string[], env: Environment): readonly string[] {
  return names.filter((name) => /token|secret|key|pass|credential/i.test(name)).flatMap((name) => env[name] ?? []);
}

/** The part of `HostOptions` that comes from the runtime. */
export function hostOptions(runtime: Runtime): Omit<HostOptions, 'slots'> {
  const { ledger, clock, chance, log, secrets } = runtime;
  return { ledger, clock, chance, log, process: runtime.process, isAlive: isProcessAlive, mask: secrets.mask, knows: secrets.knows };
}

export interface ConnectOptions {
  readonly sessions: Sessions | null;
  /** Forge token of an agent's account, asked for each request; by default from its token-file or FORGE_TOKEN(_FILE). */
  readonly token?: (agent: AgentConfig) => string;
  /** Whether a change of the CI configuration counts; by default what the git side of the project says. */
  readonly configAllowed?: NonNullable<CiDeps['configAllowed']>;
}

/** One entry per project that the named agent works on, with its own account's forge, view, git and CI. Throws `ConfigError`. */
export function connectAgent(agent: Agent, name: string, runtime: Runtime, options: ConnectOptions): readonly HostedAgent[] {
  const { config } = runtime;
  const settings = settingsOf(config, agent, name);
  const token = tokenSource(settings, runtime, options);
  token();
  const projects = settings.projects.length === 0 ? Object.keys(config.projects) : settings.projects;
  return projects.flatMap((key) => {
    const project = config.projects[key];
    return project === undefined ? [] : [{ agent, name, settings, project, config, ports: connectPorts({ runtime, project, settings, token, options }) }];
  });
}

interface Connection {
  readonly runtime: Runtime;
  readonly project: ProjectConfig;
  readonly settings: AgentConfig;
  readonly token: () => string;
  readonly options: ConnectOptions;
}

function connectPorts({ runtime, project, settings, token, options }: Connection): Ports {
  const { clock, chance, ledger, config } = runtime;
  const log = runtime.log.child({ agent: settings.name, project: project.name });
  const forge = createForge({
    url: config.forge.url,
    repository: project.repository,
    token,
    timeoutSeconds: config.forge.timeoutSeconds,
    clock,
    chance,
    log,
    mask: runtime.secrets.mask,
    neighbours: neighboursOf(runtime),
  });
  const view = createView({ forge, clock, picture: pictureOf(runtime, forge) });
  const remoteUrl = `${config.forge.url}/${project.repository}.git`;
  const git = createGit({
    data: config.instance.data,
    project: project.name,
    remoteUrl,
    credentials: { login: settings.identity, token: gitSecret(settings, runtime, token) },
    clock,
    chance,
    log,
  });
  const ci = createCi({
    forge,
    git,
    log,
    config: project.ci,
    configAllowed: options.configAllowed ?? configApproval(git),
    token: ciToken(project, runtime),
    repository: { url: config.forge.url, repository: project.repository, token },
  });
  return { forge, view, git, ci, ledger, clock, chance, sessions: options.sessions ?? noSessions(settings) };
}

/** An event reaches agents within milliseconds of each other: they share one look. Events come in bursts, and each look costs requests. */
const pacing = { gatherMs: 50, apartMs: 250 };
const neighbours = new WeakMap<Runtime, Set<() => void>>();
const pictures = new WeakMap<Runtime, Map<string, Picture>>();

/** Whoever of one process asks the forge hears when it serves another one again. */
function neighboursOf(runtime: Runtime): Set<() => void> {
  const known = neighbours.get(runtime) ?? new Set();
  neighbours.set(runtime, known);
  return known;
}

/** Agents of one process look at the same picture of a repository, read by the account that asked first: a change is read once for all. */
function pictureOf(runtime: Runtime, forge: Forge): Picture {
  const known = pictures.get(runtime) ?? new Map<string, Picture>();
  pictures.set(runtime, known);
  const picture = known.get(forge.repository) ?? createPicture({ forge, clock: runtime.clock, pacing });
  known.set(forge.repository, picture);
  return picture;
}

function noSessions(settings: AgentConfig): Sessions {
  return {
    run: () => Promise.reject(new ConfigError('invalid', 'disinto.toml', [{ line: 1, path: `agents.${settings.name}.backend`, message: 'is missing' }])),
  };
}

function settingsOf(config: Config, agent: Agent, name: string): AgentConfig {
  const settings = config.agents[name];
  const problem = (path: string, message: string): ConfigError => new ConfigError('invalid', 'disinto.toml', [{ line: 1, path, message }]);
  if (settings === undefined) throw problem('agents', `no agent "${name}"; there is ${Object.keys(config.agents).join(', ')} (say which with DISINTO_AGENT)`);
  if (settings.role !== agent.role) throw problem(`agents.${name}.role`, `is "${settings.role}", but this program is the ${agent.role}`);
  return settings;
}

/** Read for each request, so that a rotated token counts at once; known to the mask before anybody can show it. */
function tokenSource(settings: AgentConfig, { env, secrets }: Runtime, options: ConnectOptions): () => string {
  const read = (): string | null => {
    if (options.token !== undefined) return options.token(settings);
    return settings.tokenFile === null ? readSecret('FORGE_TOKEN', env) : readSecretFile(settings.tokenFile);
  };
  return () => {
    const token = read();
    if (token === null) {
      const message = 'is missing, and neither FORGE_TOKEN_FILE nor FORGE_TOKEN is set: name the file with the forge token of this agent';
      throw new ConfigError('secret', 'disinto.toml', [{ line: 1, path: `agents.${settings.name}.token-file`, message }]);
    }
    secrets.add(token);
    secrets.add(`${settings.identity}:${token}`);
    return token;
  };
}

/** What git shows: the account's token, or its password where the forge refuses tokens for git. Both are read each time. */
function gitSecret(settings: AgentConfig, { secrets }: Runtime, token: () => string): () => string {
  const { passwordFile, identity } = settings;
  if (passwordFile === null || settings.gitSecret === 'token') return token;
  return () => {
    const password = readSecretFile(passwordFile);
    secrets.add(password);
    secrets.add(`${identity}:${password}`);
    return password;
  };
}

/** Of Woodpecker the token of its API; our own CI wants one only for re-runs, and only where CI_TOKEN is set on both sides. Read each time. */
function ciToken({ ci }: ProjectConfig, { env, secrets }: Runtime): () => string | null {
  return () => {
    const token = ci.kind === 'woodpecker' && ci.tokenFile !== null ? readSecretFile(ci.tokenFile) : readSecret('CI_TOKEN', env);
    if (token !== null) secrets.add(token);
    return token;
  };
}

function levelOf(env: Environment): LogLevel {
  const level = env['DISINTO_LOG'];
  return level === 'debug' || level === 'warn' || level === 'error' || level === 'silent' ? level : 'info';
}

/** Sessions on the backends that the configuration names, or null when the role holds none. Throws `SessionError` when a CLI is missing and `ConfigError` for a key file. */
export function connectSessions(agent: Agent, name: string, runtime: Runtime): Sessions | null {
  if (!agent.needs.includes('sessions')) return null;
  const { config, ledger, clock, chance, log, secrets } = runtime;
  const env = visibleEnvironment(config.session.env, runtime.env);
  const backendFor = (of: string): BackendConfig => {
    const backend = config.backends[config.agents[of]?.backend ?? ''];
    if (backend === undefined) throw new SessionError('config', `The agent ${of} has no backend: set agents.${of}.backend.`);
    if (backend.keyFile !== null) secrets.add(readSecretFile(backend.keyFile));
    return backend;
  };
  const own = backendFor(name);
  locateHarness(own, env);
  return createSessions({
    ledger,
    clock,
    chance,
    log,
    backendFor,
    env,
    mintKey: own.sessionKeys ? () => `run-${chance.secret(24)}` : null,
    mask: secrets.mask,
    directory: join(config.instance.data, 'sessions'),
    hidden: hiddenOf(config, runtime.env),
    usdPerDay: (of) => config.agents[of]?.limits.usdPerDay ?? null,
  });
}
