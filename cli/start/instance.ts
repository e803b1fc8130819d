import type { AgentConfig } from '#config';
import { loadRuntime, type Runtime, webhookOf } from '../../shared/agent/connect.ts';
import { createWakeRouter } from '../../shared/agent/wake-router.ts';
import { startWebhookReceiver } from '../../shared/agent/webhook/webhook.ts';
import { type Environment, processEnvironment } from '../../shared/config/environment.ts';
import { CliError } from '../command.ts';
import { needGit } from '../need-git.ts';
import { untilSignal } from '../signal.ts';
import { chooseAgents, connectAgents } from './agents.ts';
import { embeddedProjects, type ProjectCis, serveCis } from './ci.ts';
import { serveForge } from './forge.ts';
import type { Part } from './parts.ts';
import { bothHear, tellElsewhere } from './webhook.ts';

export interface StartRequest {
  /** Path of the disinto.toml. */
  readonly config: string;
  /** Agents by name; all that are enabled when empty. */
  readonly agents: readonly string[];
  readonly only: ReadonlySet<Part>;
  /** By default the environment of the process. */
  readonly env?: Environment;
}

/** Parts that need stopping, last started first. */
type Closing = (() => Promise<void> | void)[];

/** Steps that need no session end by themselves within this; sessions salvage after it. */
const graceMs = 2000;

/** Runs the parts of an instance in this process until a signal; a second one kills. */
export async function startInstance(request: StartRequest): Promise<number> {
  const stop = await openInstance(request);
  await untilSignal();
  await stop();
  return 0;
}

/**
 * Starts what the request names and the config has, each part when what it needs answers: forge, CI, webhook receiver, agents.
 * Resolves, once all of it runs, with what stops it in the opposite order; when a part cannot start, nothing stays running.
 * Throws `ConfigError`, `CliError` and what the parts throw.
 */
export async function openInstance(request: StartRequest): Promise<() => Promise<void>> {
  const env = request.env ?? processEnvironment();
  needGit(env);
  const runtime = await loadRuntime({ ...env, DISINTO_CONFIG: request.config });
  const closing: Closing = [() => runtime.ledger.close()];
  try {
    refuseNothing(request, runtime);
    const chosen = chooseAgents(runtime.config, request.agents);
    if (request.only.has('forge') && runtime.config.forge.embedded) await openForge(runtime, closing);
    const cis = await openCis(request, runtime, closing);
    warnOfUnreachable(request, runtime);
    if (request.only.has('agents')) await openAgents({ ...runtime, config: cis?.config ?? runtime.config }, { cis, chosen }, closing);
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
  let stopping: Promise<void> | null = null;
  return () => (stopping ??= closeAll(closing));
}

/** Stops everything, also when a part fails at it; then throws that. */
async function closeAll(closing: Closing): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing.toReversed()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function refuseNothing({ only }: StartRequest, { config }: Runtime): void {
  const has = { forge: config.forge.embedded, ci: embeddedProjects(config).length > 0, agents: true };
  if ([...only].some((part) => has[part])) return;
  const lacks = { forge: '[forge] has no embedded = true', ci: 'no project has ci.kind = "embedded"', agents: '' };
  throw new CliError(`there is nothing to start: ${[...only].map((part) => lacks[part]).join(', and ')}`);
}

/** Where agents and CI live in processes of their own, only the config can tell one where the other is. */
function warnOfUnreachable({ only }: StartRequest, { config, log }: Runtime): void {
  if (only.has('ci') && only.has('agents')) return;
  for (const { name, ci } of embeddedProjects(config))
    if (ci.url === null && (only.has('ci') || only.has('agents')))
      log.warn({ project: name }, 'Agents in another process than CI can read no logs and ask for no re-runs: set projects.*.ci.url');
}

async function openForge(runtime: Runtime, closing: Closing): Promise<void> {
  const forge = await serveForge(runtime);
  closing.push(() => forge.close());
  runtime.log.info({ url: forge.url }, 'Forge started');
}

async function openCis({ only }: StartRequest, runtime: Runtime, closing: Closing): Promise<ProjectCis | null> {
  if (!only.has('ci') || embeddedProjects(runtime.config).length === 0) return null;
  const cis = await serveCis(runtime, webhookOf(runtime)?.secret ?? null);
  closing.push(() => cis.close());
  runtime.log.info({ projects: Object.values(cis.config.projects).map(({ name, ci }) => ({ name, url: ci.url })) }, 'CI started');
  return cis;
}

async function openAgents(
  runtime: Runtime,
  { cis, chosen }: { readonly cis: ProjectCis | null; readonly chosen: readonly AgentConfig[] },
  closing: Closing,
): Promise<void> {
  const { log, config } = runtime;
  const agents = connectAgents(runtime, chosen);
  const webhook = webhookOf(runtime);
  let route: ReturnType<typeof createWakeRouter> = () => 'nobody';
  const wakeCi = cis?.wake ?? tellElsewhere(embeddedProjects(config), webhook?.secret ?? null, log);
  const onWake = bothHear((event, facts, delivery) => route(event, facts, delivery), wakeCi);
  const receiver = webhook === null ? null : await startWebhookReceiver({ ...webhook, log, onWake });
  if (receiver !== null) closing.push(() => receiver.close());
  const host = agents.start();
  closing.push(() => host.stop(graceMs));
  route = createWakeRouter(host, agents.slots);
  log.info({ agents: agents.slots.map((slot) => `${slot.name} on ${slot.project.name}`), webhook: receiver?.url ?? null }, 'Agents started');
}
