import type { Config } from '#config';
import type { Sha } from '#domain/sha';
import { ForgeError } from '#forge';
import { GitError } from '#git';
import { type Proof, verifyMerge } from '#work/verify-merge';
import { connectAgent, loadRuntime } from '../shared/agent/connect.ts';
import { serveAgent } from '../shared/agent/start.ts';
import { processEnvironment } from '../shared/config/environment.ts';
import { loadConfig } from '../shared/config/load.ts';
import { CliError } from './command.ts';
import { needGit } from './need-git.ts';
import { agentOfRole } from './roles.ts';

/** One run of one agent. */
export async function runOnce(config: string, name: string): Promise<number> {
  const { agents } = await loadConfig(config);
  const settings = agents[name];
  if (settings === undefined) throw new CliError(`${config} names no agent ${name}; there is ${Object.keys(agents).join(', ')}`);
  if (!settings.enabled) throw new CliError(`${name} has enabled = false in ${config}; a fired agent is taken back with: disinto hire --name ${name}`);
  needGit();
  return serveAgent(agentOfRole(settings.role), {
    env: { ...processEnvironment(), DISINTO_CONFIG: config, DISINTO_AGENT: name },
    args: ['--once'],
    onSignal: (act) => void ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, act)),
    say: (text) => process.stderr.write(`${text}\n`),
  });
}

/** Verifies a merge with the account of the instance's merger, in whichever project has the commit. */
export async function verifyOnInstance(config: string, sha: Sha): Promise<readonly Proof[]> {
  const runtime = await loadRuntime({ ...processEnvironment(), DISINTO_CONFIG: config });
  try {
    const merger = Object.values(runtime.config.agents).find((agent) => agent.role === 'merger' && agent.enabled);
    if (merger === undefined) throw new CliError(`${config} names no merger that is enabled, whose account this needs`);
    let proofs: readonly Proof[] = [];
    for (const { ports, project } of connectAgent(agentOfRole('merger'), merger.name, runtime, { sessions: null })) {
      const ci = project.ci.contexts === 'protection' ? null : ports.ci;
      proofs = await verifyMerge({ ...ports, ci }, { repository: project.repository, ciAccount: project.ci.account }, sha);
      if (proofs.length > 1) return proofs;
    }
    return proofs;
  } catch (error) {
    throw awayOrNot(error, runtime.config);
  } finally {
    runtime.ledger.close();
  }
}

/** Nobody tries again here: what agents are told about a forge that is away would be wrong. */
function awayOrNot(error: unknown, { forge }: Config): unknown {
  if (!(error instanceof GitError || error instanceof ForgeError) || error.kind !== 'unavailable') return error;
  const detail = error.message.split(' — ')[0] ?? '';
  const mend = forge.embedded
    ? '`disinto start` serves it: run this again while that runs'
    : 'check that it runs and that forge.url is right, then run this again';
  return new CliError(`the forge at ${forge.url} does not answer (${detail}); ${mend}`, 1, error);
}
