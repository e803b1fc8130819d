import type { Sha } from '#domain/sha';
import { type Proof, verifyMerge } from '#work/verify-merge';
import { connectAgent, connectSessions, hostOptions, loadRuntime, webhookOf } from '../shared/agent/connect.ts';
import { startHost } from '../shared/agent/host.ts';
import { serveAgent } from '../shared/agent/start.ts';
import { createWakeRouter } from '../shared/agent/wake-router.ts';
import { startWebhookReceiver } from '../shared/agent/webhook/webhook.ts';
import { processEnvironment } from '../shared/config/environment.ts';
import { loadConfig } from '../shared/config/load.ts';
import { CliError } from './command.ts';
import { agentOfRole } from './roles.ts';

/** One run of one agent. */
export async function runOnce(config: string, name: string): Promise<number> {
  const { agents } = await loadConfig(config);
  const settings = agents[name];
  if (settings === undefined) throw new CliError(`${config} names no agent ${name}; there is ${Object.keys(agents).join(', ')}`);
  return serveAgent(agentOfRole(settings.role), {
    env: { ...processEnvironment(), DISINTO_CONFIG: config, DISINTO_AGENT: name },
    args: ['--once'],
    onSignal: (act) => void ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, act)),
    say: (text) => process.stderr.write(`${text}\n`),
  });
}

/** Several agents in this process until a signal; a second one kills. */
export async function startInstance(config: string, names: readonly string[]): Promise<number> {
  const runtime = await loadRuntime({ ...processEnvironment(), DISINTO_CONFIG: config });
  const all = Object.values(runtime.config.agents);
  const unknown = names.filter((name) => runtime.config.agents[name] === undefined);
  if (unknown.length > 0) throw new CliError(`${config} names no agent ${unknown.join(', ')}; there is ${all.map((agent) => agent.name).join(', ')}`);
  const chosen = names.length === 0 ? all : all.filter((agent) => names.includes(agent.name));
  const slots = chosen.flatMap((settings) => {
    const agent = agentOfRole(settings.role);
    return connectAgent(agent, settings.name, runtime, { sessions: connectSessions(agent, settings.name, runtime) });
  });
  const host = startHost({ ...hostOptions(runtime), slots });
  const webhook = webhookOf(runtime);
  const receiver = webhook === null ? null : await startWebhookReceiver({ ...webhook, log: runtime.log, onWake: createWakeRouter(host, slots) });
  await new Promise<void>((resolve) => {
    let asked = false;
    const handle = (): void => {
      if (asked) process.kill(process.pid, 'SIGKILL');
      asked = true;
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, handle);
  });
  await host.stop(2000);
  await receiver?.close();
  runtime.ledger.close();
  return 0;
}

/** Verifies a merge with the account of the instance's merger, in whichever project has the commit. */
export async function verifyOnInstance(config: string, sha: Sha): Promise<readonly Proof[]> {
  const runtime = await loadRuntime({ ...processEnvironment(), DISINTO_CONFIG: config });
  try {
    const merger = Object.values(runtime.config.agents).find((agent) => agent.role === 'merger');
    if (merger === undefined) throw new CliError(`${config} names no merger, whose account this needs`);
    let proofs: readonly Proof[] = [];
    for (const { ports } of connectAgent(agentOfRole('merger'), merger.name, runtime, { sessions: null })) {
      proofs = await verifyMerge(ports.git, ports.forge, sha);
      if (proofs.length > 1) return proofs;
    }
    return proofs;
  } finally {
    runtime.ledger.close();
  }
}
