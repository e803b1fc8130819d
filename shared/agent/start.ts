import { join } from 'node:path';
import type { Agent } from '#agent';
import type { RunEnd } from '#ledger';
import { connectAgent, connectSessions, hostOptions, loadRuntime, reloadConfig, webhookOf } from './connect.ts';
import type { Runtime } from './connect.ts';
import { heartbeatFolder, startHeartbeat } from './heartbeat.ts';
import { runOnce, startHost } from './host.ts';
import type { Host } from './host.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';
import { createWakeRouter } from './wake-router.ts';
import { startWebhookReceiver } from './webhook/webhook.ts';
import type { WebhookOptions, WebhookReceiver } from './webhook/webhook.ts';

export interface StartOptions {
  /** Instead of the environment of the process. */
  readonly env?: Runtime['env'];
  readonly args: readonly string[];
  readonly onSignal: (act: () => void) => void;
  readonly say: (text: string) => void;
}

/** Steps that need no session end by themselves within this; sessions are told to salvage after it. */
const graceMs = 2000;

/** Between two looks of a disabled agent at its configuration: soon enough for people, nothing for the machine. */
const lookEveryMs = 2000;

/**
 * Starts one agent in this process until SIGTERM or SIGINT (a second one kills), as a container does: the configuration is the
 * file DISINTO_CONFIG, the agent is DISINTO_AGENT (by default the role's name). With `--once` it runs one tick per project and
 * ends: 0 after idle, acted or waiting, else 1, also where it is paused or runs already. A wrong configuration is one message on standard error and exit code 1. An agent
 * that is disabled says so and waits, well and without a call to the forge, until it is enabled: if it ended, whatever keeps
 * containers running would start it again and again. With `--once` it ends with 0.
 */
export async function startAgent(agent: Agent): Promise<void> {
  const onSignal = (act: () => void): void => void ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, act));
  const code = await serveAgent(agent, { args: process.argv.slice(2), onSignal, say: (text) => process.stderr.write(`${text}\n`) });
  // After a second signal steps may still hang: they must not keep the process.
  process.exit(code);
}

/** `startAgent` with everything of the process handed in; resolves with the exit code. */
export async function serveAgent(agent: Agent, options: StartOptions): Promise<number> {
  let runtime: Runtime | null = null;
  try {
    runtime = await loadRuntime(options.env);
    const name = runtime.env['DISINTO_AGENT'] ?? agent.role;
    if (runtime.config.agents[name]?.enabled === false) {
      options.say(`${name} does not run: agents.${name} has enabled = false in disinto.toml`);
      if (options.args.includes('--once') || !(await untilEnabled(name, runtime, options))) return 0;
      options.say(`${name} is enabled`);
      runtime.ledger.close();
      runtime = await loadRuntime(options.env);
    }
    const slots = connectAgent(agent, name, runtime, { sessions: connectSessions(agent, name, runtime) });
    return options.args.includes('--once') ? await serveOnce(slots, runtime, options) : await serve(slots, runtime, options);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    options.say(runtime === null ? text : runtime.secrets.mask(text));
    return 1;
  } finally {
    runtime?.ledger.close();
  }
}

/** Resolves with true when the configuration enables the agent, with false at the first signal. */
async function untilEnabled(name: string, runtime: Runtime, { onSignal }: StartOptions): Promise<boolean> {
  const { clock, log } = runtime;
  const endHeartbeat = startHeartbeat({ file: heartbeatOf(name, runtime), process: runtime.process, clock, log, isWell: () => true });
  const stopped = new AbortController();
  onSignal(() => stopped.abort());
  try {
    for (;;) {
      await clock.sleep(lookEveryMs, stopped.signal);
      const config = await reloadConfig(runtime);
      if (config !== null && config.agents[name]?.enabled !== false) return true;
    }
  } catch (error) {
    if (stopped.signal.aborted) return false;
    throw error;
  } finally {
    endHeartbeat();
  }
}

function heartbeatOf(name: string, { env, config }: Runtime): string {
  return env['DISINTO_HEARTBEAT'] ?? join(heartbeatFolder(config.instance.data), name);
}

async function serveOnce(slots: readonly HostedAgent[], runtime: Runtime, { onSignal, say }: StartOptions): Promise<number> {
  const controller = new AbortController();
  onSignal(() => controller.abort());
  const ends: RunEnd[] = [];
  let refused = 0;
  const host = { ...hostOptions(runtime), slots };
  for (const slot of slots) {
    const obstacle = obstacleTo(slot, host);
    if (obstacle !== null) {
      refused += 1;
      say(obstacle);
      continue;
    }
    const end = await runOnce(slot, host, { by: 'start --once', signal: controller.signal });
    say(`${slot.name} on ${slot.project.name}: ${end.kind}: ${end.kind === 'acted' ? end.did : end.reason}`);
    ends.push(end);
  }
  return refused === 0 && ends.every((end) => end.kind === 'idle' || end.kind === 'acted' || end.kind === 'waiting') ? 0 : 1;
}

/** Why no run may start now, and what to do; null when one may. */
function obstacleTo({ name, project }: HostedAgent, { ledger, isAlive }: HostOptions): string | null {
  const paused = ledger.switches.paused(name);
  const resume = `disinto resume${ledger.switches.paused('*') === null ? ` ${name}` : ''}`;
  if (paused !== null) return `${name} does not run on ${project.name}: it is paused (${paused.reason}); resume it with: ${resume}`;
  const open = ledger.runs.running().find((run) => run.agent === name && run.project === project.name && isAlive(run.process));
  if (open === undefined) return null;
  const on = open.subject === null ? '' : ` on ${open.subject}`;
  return `${name} does not run on ${project.name}: ${open.id} works there${on} since ${open.startedAt.toISOString()} (process ${open.process.pid} on ${open.process.host})`;
}

async function serve(slots: readonly HostedAgent[], runtime: Runtime, { onSignal }: StartOptions): Promise<number> {
  const { log, clock } = runtime;
  const webhook = webhookOf(runtime);
  const host = startHost({ ...hostOptions(runtime), slots });
  const name = slots[0]?.name ?? 'agent';
  const endHeartbeat = startHeartbeat({ file: heartbeatOf(name, runtime), process: runtime.process, clock, log, isWell: () => !host.overdue() });
  const receiver = webhook === null ? null : await receive({ ...webhook, log, onWake: createWakeRouter(host, slots) }, host);
  log.info({ agent: name, projects: slots.map((slot) => slot.project.name), webhook: receiver?.url ?? null }, 'Agent started');
  const code = await untilStopped(host, onSignal);
  await receiver?.close();
  endHeartbeat();
  return code;
}

async function receive(options: WebhookOptions, host: Host): Promise<WebhookReceiver> {
  try {
    return await startWebhookReceiver(options);
  } catch (error) {
    await host.stop();
    const { host: name, port } = options.listen;
    throw new Error(`[webhook] cannot listen on ${name}:${port}: ${error instanceof Error ? error.message : String(error)}; choose another listen`, {
      cause: error,
    });
  }
}

/** The first signal stops with grace, the second at once. */
function untilStopped(host: Host, onSignal: StartOptions['onSignal']): Promise<number> {
  return new Promise((resolve, reject) => {
    let signals = 0;
    onSignal(() => {
      signals += 1;
      if (signals === 1) host.stop(graceMs).then(() => resolve(0), reject);
      if (signals < 2) return;
      host.kill();
      resolve(1);
    });
  });
}
