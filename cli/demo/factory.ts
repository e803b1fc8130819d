import { openSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import type { Config, ProjectConfig } from '#config';
import type { Forge, StatusDraft } from '#forge';
import type { Git } from '#git';
import type { Ledger } from '#ledger';
import type { SecretRegistry } from '#log';
import { configApproval } from '#work/approval';
import { type EmbeddedCi, type EmbeddedCiOptions, startEmbeddedCi } from '../../embedded/ci/server.ts';
import { type EmbeddedForge, startEmbeddedForge } from '../../embedded/forge/server.ts';
import { startModelServer } from '../../embedded/model/server.ts';
import { connectAgent, hostOptions, openRuntime, type Runtime } from '../../shared/agent/connect.ts';
import { type Host, startHost } from '../../shared/agent/host.ts';
import type { HostedAgent } from '../../shared/agent/hosted.ts';
import { createWakeRouter } from '../../shared/agent/wake-router.ts';
import { startWebhookReceiver } from '../../shared/agent/webhook/webhook.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { processEnvironment, visibleEnvironment } from '../../shared/config/environment.ts';
import { hiddenOf } from '../../shared/config/secret.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { createSecretRegistry } from '../../shared/log/mask.ts';
import { createLog } from '../../shared/log/pino.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { agentOfRole } from '../roles.ts';
import { demoConfig, type DemoPlaces } from './config.ts';
import type { DemoFolder } from './folder.ts';
import type { DemoLayout } from './places.ts';
import { protect } from './protect.ts';
import { people, seedIssues, seedRepository } from './seed.ts';
import { demoSessions } from './sessions.ts';
import { type DemoEvent, fromHost } from './timeline.ts';

export interface FactoryOptions {
  readonly folder: DemoFolder;
  readonly layout: DemoLayout;
  readonly branch: string;
  readonly harness: 'pi' | 'claude' | null;
  readonly onEvent: (event: DemoEvent) => void;
}

/** Everything that runs during a demo, in this process. */
export interface Factory {
  readonly host: Host;
  readonly ci: EmbeddedCi;
  readonly ledger: Ledger;
  readonly config: Config;
  readonly project: ProjectConfig;
  /** The forge as the maintainer sees it. */
  readonly forge: Forge;
  readonly git: Git;
  /** Numbers of the given issues. */
  readonly given: readonly number[];
  /** Variables that steps of CI see. */
  readonly env: Readonly<Record<string, string>>;
  /** Hides what this demo knows to be secret. */
  readonly mask: (text: string) => string;
  /** No run starts any more; what runs may end for `graceMs`, then salvages. Frees every port. */
  close(graceMs: number): Promise<void>;
}

/** Parts that need closing, last opened first. */
type Closing = (() => Promise<void> | void)[];

/** Starts forge, CI, model and agents on the folder; whatever a killed demo left in the same place is taken up again. */
export async function startFactory(options: FactoryOptions): Promise<Factory> {
  const closing: Closing = [];
  try {
    return await open(options, closing);
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

async function closeAll(closing: Closing): Promise<void> {
  for (const close of closing.toReversed()) await close();
}

async function open(options: FactoryOptions, closing: Closing): Promise<Factory> {
  const { folder, layout } = options;
  const secrets = createSecretRegistry();
  const log = createLog({ level: 'info', secrets, destination: openSync(layout.log, 'a', 0o600) });
  const common = { clock: systemClock, chance: systemChance, log };
  const ledger = openLedger(layout.ledger);
  closing.push(() => ledger.close());
  const server = await startEmbeddedForge({ directory: layout.forge, ...common });
  closing.push(() => server.close());
  const places = await placesOf(options, server, ledger, closing);
  const draft = demoConfig(folder, places);
  const accounts = Object.values(draft.agents).map((agent) => ({ login: agent.identity, role: agent.role }));
  await seedRepository(server, folder, options.branch, accounts);
  const tokens = createTokens(server, secrets);
  const env = pinnedNodeFirst(visibleEnvironment(draft.session.env, processEnvironment()));
  const approval = lateApproval();
  const ciForge = reporting(forgeOf(draft, tokens, people.ci, common), statusEvents(options));
  const ci = await openCi(options, server, {
    forge: ciForge,
    env,
    hidden: hiddenOf(draft, processEnvironment()),
    mask: secrets.mask,
    configAllowed: approval.ask,
    log,
  });
  closing.push(() => ci.close());
  const config = demoConfig(folder, { ...places, ciUrl: ci.url });
  const runtime = openRuntime({ config, env: processEnvironment(), secrets, log, ledger });
  const slots = connectAll(runtime, options, { tokens, env, approve: approval.ask });
  const [first] = slots;
  if (first === undefined) throw new Error('the demo has no agent');
  approval.answerBy(configApproval(first.ports.git));
  const repository = repositoryOf(folder);
  protect(server, repository, options.branch, config);
  const forge = forgeOf(config, tokens, people.maintainer, common);
  const given = await seedIssues({ maintainer: forge, outsider: forgeOf(config, tokens, people.outsider, common), ledger, clock: systemClock }, folder);
  const host = await startAgents(runtime, slots, options, server, { repository, ci, secrets, closing });
  const close = async (graceMs: number): Promise<void> => {
    await host.stop(graceMs);
    await closeAll(closing);
  };
  return { host, ci, ledger, config, project: first.project, forge, git: first.ports.git, given, env, mask: secrets.mask, close };
}

const repositoryOf = (folder: DemoFolder): string => `${people.owner}/${folder.name}`;

/** Starts the scripted model where there is a playbook, and says where everything is. The CI's address is not known yet. */
async function placesOf(options: FactoryOptions, server: EmbeddedForge, ledger: Ledger, closing: Closing): Promise<DemoPlaces> {
  const { playbook } = options.folder;
  const places = { data: options.layout.root, forgeUrl: server.url, ciUrl: 'http://127.0.0.1:1', harness: options.harness, branch: options.branch };
  if (playbook === null) return { ...places, modelUrl: null };
  const model = await startModelServer({ playbook, sessions: ledger.sessions, chance: systemChance, host: '127.0.0.1', port: 0 });
  closing.push(() => model.close());
  return { ...places, modelUrl: model.url };
}

type Approve = ReturnType<typeof configApproval>;

/** CI and agents ask the same question; who answers it needs an agent's git, which comes later. Until then nothing is approved. */
function lateApproval(): { readonly ask: Approve; answerBy(approve: Approve): void } {
  let answer: Approve = () => Promise.resolve(false);
  return {
    ask: (head) => answer(head),
    answerBy: (approve) => {
      answer = approve;
    },
  };
}

function openCi(
  { layout, folder }: FactoryOptions,
  server: EmbeddedForge,
  parts: Pick<EmbeddedCiOptions, 'forge' | 'env' | 'hidden' | 'mask' | 'log'> & { readonly configAllowed: Approve },
): Promise<EmbeddedCi> {
  return startEmbeddedCi({
    directory: layout.ci,
    source: { kind: 'disk', path: layout.repository },
    repository: repositoryOf(folder),
    forgeUrl: server.url,
    everySeconds: 3,
    clock: systemClock,
    chance: systemChance,
    ...parts,
  });
}

async function startAgents(
  runtime: Runtime,
  slots: readonly HostedAgent[],
  options: FactoryOptions,
  server: EmbeddedForge,
  parts: { readonly repository: string; readonly ci: EmbeddedCi; readonly secrets: SecretRegistry; readonly closing: Closing },
): Promise<Host> {
  const { repository, ci, secrets, closing } = parts;
  const secret = systemChance.secret(24);
  secrets.add(secret);
  const listen = listenAddress(runtime.config);
  let route: ReturnType<typeof createWakeRouter> = () => 'nobody';
  const receiver = await startWebhookReceiver({ listen, secret, log: runtime.log, onWake: (event, facts, delivery) => route(event, facts, delivery) });
  closing.push(() => receiver.close());
  const events = [
    'push',
    'issues',
    'issue_label',
    'issue_assign',
    'issue_comment',
    'pull_request',
    'pull_request_sync',
    'pull_request_review_approved',
    'pull_request_review_rejected',
    'pull_request_review_comment',
    'pull_request_comment',
    'status',
  ];
  server.seed.createHook(repository, { url: `${receiver.url}/agents/webhook`, secret, events });
  server.seed.createHook(repository, { url: ci.webhookUrl, secret: '', events: ['push', 'pull_request', 'pull_request_sync'] });
  const host = startHost({ ...hostOptions(runtime), slots, onEvent: (event) => options.onEvent(fromHost(event)) });
  closing.push(() => host.stop());
  route = createWakeRouter(host, slots);
  return host;
}

function connectAll(
  runtime: Runtime,
  options: FactoryOptions,
  parts: { readonly tokens: (login: string) => string; readonly env: Readonly<Record<string, string>>; readonly approve: ReturnType<typeof configApproval> },
): readonly HostedAgent[] {
  const sessions = demoSessions(runtime, options.layout, parts.env, options.folder.playbook !== null);
  return Object.values(runtime.config.agents).flatMap((settings) =>
    connectAgent(agentOfRole(settings.role), settings.name, runtime, {
      sessions,
      token: (agent) => parts.tokens(agent.identity),
      configAllowed: (head) => parts.approve(head),
    }),
  );
}

/** One token per account and start; an older one of the same name stops working. */
function createTokens(server: EmbeddedForge, secrets: SecretRegistry): (login: string) => string {
  const tokens = new Map<string, string>();
  return (login) => {
    const known = tokens.get(login);
    if (known !== undefined) return known;
    const token = server.seed.createToken(login, 'demo');
    secrets.add(token);
    tokens.set(login, token);
    return token;
  };
}

type Common = Pick<Runtime, 'clock' | 'chance' | 'log'>;

function forgeOf(config: Config, tokens: (login: string) => string, login: string, common: Common): Forge {
  const [project] = Object.values(config.projects);
  return createForge({
    url: config.forge.url,
    repository: project?.repository ?? '',
    token: () => tokens(login),
    timeoutSeconds: config.forge.timeoutSeconds,
    ...common,
  });
}

/** The forge for CI, telling the timeline what is posted. */
function reporting(forge: Forge, onStatus: (head: string, status: StatusDraft) => void): Forge {
  return {
    ...forge,
    async postStatus(head, status) {
      await forge.postStatus(head, status);
      onStatus(head, status);
    },
  };
}

/** Final check results as timeline events. */
function statusEvents(options: FactoryOptions): (head: string, status: StatusDraft) => void {
  return (head, status) => {
    if (status.state === 'pending') return;
    const kind = status.state === 'success' || status.state === 'warning' ? 'checks-green' : 'checks-red';
    options.onEvent({ at: systemClock.now(), kind, who: 'ci', subject: null, data: { context: status.context, head, description: status.description } });
  };
}

function pinnedNodeFirst(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...env, PATH: [dirname(process.execPath), env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter) };
}

function listenAddress(config: Config): { readonly host: string; readonly port: number } {
  const listen = config.webhook?.listen ?? '127.0.0.1:0';
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at) || '127.0.0.1', port: Number(listen.slice(at + 1)) };
}
