import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfig, Config } from '#config';
import { connectAgent, connectSessions, hostOptions, type Runtime } from '../../shared/agent/connect.ts';
import { heartbeatFolder, startHeartbeat } from '../../shared/agent/heartbeat.ts';
import { type Host, startHost } from '../../shared/agent/host.ts';
import type { HostedAgent } from '../../shared/agent/hosted.ts';
import { CliError } from '../command.ts';
import { agentOfRole } from '../roles.ts';

/** The agents that run: those named, else all that are enabled. Throws `CliError` for a name that the config does not have. */
export function chooseAgents(config: Config, names: readonly string[]): readonly AgentConfig[] {
  const all = Object.values(config.agents);
  const unknown = names.filter((name) => config.agents[name] === undefined);
  if (unknown.length > 0) throw new CliError(`disinto.toml names no agent ${unknown.join(', ')}; there is ${all.map((agent) => agent.name).join(', ')}`);
  const disabled = all.filter((agent) => names.includes(agent.name) && !agent.enabled);
  if (disabled.length > 0)
    throw new CliError(
      `${disabled.map((agent) => agent.name).join(', ')} has enabled = false in disinto.toml; remove that line to run it, or take a fired one back with: disinto hire --name ${disabled[0]?.name ?? ''}`,
    );
  return names.length === 0 ? all.filter((agent) => agent.enabled) : all.filter((agent) => names.includes(agent.name));
}

export interface Agents {
  readonly slots: readonly HostedAgent[];
  /** Begins: from now on agents run. */
  start(): Host;
}

/** Connects the agents to their projects; nothing runs yet. Throws `ConfigError` and `SessionError`. */
export function connectAgents(runtime: Runtime, chosen: readonly AgentConfig[]): Agents {
  const slots = chosen.flatMap((settings) => {
    const agent = agentOfRole(settings.role);
    return connectAgent(agent, settings.name, runtime, { sessions: connectSessions(agent, settings.name, runtime) });
  });
  return { slots, start: () => withHeartbeats(startHost({ ...hostOptions(runtime), slots }), chosen, runtime) };
}

/** Says where `disinto agents list` looks that these agents are held by a living process, also before their first run. */
function withHeartbeats(host: Host, chosen: readonly AgentConfig[], { config, process, clock, log }: Runtime): Host {
  const files = chosen.map(({ name }) => join(heartbeatFolder(config.instance.data), name));
  const ends = files.map((file) => startHeartbeat({ file, process, clock, log, isWell: () => !host.overdue() }));
  return {
    ...host,
    stop: async (graceMs) => {
      await host.stop(graceMs);
      for (const end of ends) end();
      for (const file of files) rmSync(file, { force: true });
    },
  };
}
