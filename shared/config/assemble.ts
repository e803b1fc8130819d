import { resolve } from 'node:path';
import type { AgentConfig, BackendConfig, Config, ProjectConfig } from '#config';
import { accountOf, backendOf, roleOf } from './rules.ts';
import type { ConfigFile } from './schema.ts';

/** The checked file as the `Config` that the code uses. Paths become absolute, counted from `folder`. */
export function assemble(file: ConfigFile, folder: string): Config {
  const pathOf = (path: string | undefined): string | null => (path === undefined ? null : resolve(folder, path));
  return {
    instance: { name: file.instance.name, data: resolve(folder, file.instance.data) },
    forge: { url: file.forge.url.replace(/\/+$/, ''), embedded: file.forge.embedded, timeoutSeconds: file.forge['timeout-seconds'] },
    projects: mapValues(file.projects, (project, name) => projectOf(project, name, pathOf)),
    agents: mapValues(file.agents, (agent, name) => ({
      ...agentOf(agent, name, file),
      tokenFile: pathOf(agent['token-file']),
      passwordFile: pathOf(agent['password-file']),
    })),
    backends: mapValues(file.backends, (backend, name) => ({ ...backendFrom(backend, name), keyFile: pathOf(backend['key-file']) })),
    session: file.session,
    webhook:
      file.webhook === undefined ? null : { listen: file.webhook.listen, secretFile: pathOf(file.webhook['secret-file']), url: file.webhook.url ?? null },
  };
}

function projectOf(project: ConfigFile['projects'][string], name: string, pathOf: (path: string | undefined) => string | null): ProjectConfig {
  const { policy, ci } = project;
  return {
    name,
    repository: project.repository,
    branch: project.branch,
    maintainers: project.maintainers,
    ops: project.ops ?? null,
    ci: {
      kind: ci.kind ?? null,
      contexts: ci.contexts,
      account: accountOf(ci),
      url: ci.url ?? null,
      tokenFile: pathOf(ci['token-file']),
      passwordFile: pathOf(ci['password-file']),
      gitSecret: ci['git-secret'],
    },
    policy: {
      version: policy.version,
      outsiders: policy.outsiders,
      fixRounds: policy['fix-rounds'],
      reviewRounds: policy['review-rounds'],
      conflictRounds: policy['conflict-rounds'],
      openPullRequests: policy['open-pull-requests'],
      maxChangedFiles: policy['max-changed-files'],
      maxChangedLines: policy['max-changed-lines'],
      maxFileBytes: policy['max-file-bytes'],
      protectedPaths: policy['protected-paths'],
    },
  };
}

function agentOf(agent: ConfigFile['agents'][string], name: string, file: ConfigFile): Omit<AgentConfig, 'tokenFile' | 'passwordFile'> {
  const { limits } = agent;
  return {
    name,
    enabled: agent.enabled,
    role: roleOf(name, agent) ?? name,
    schedule: agent.schedule ?? null,
    projects: agent.projects,
    backend: backendOf(name, agent, file),
    gitSecret: agent['git-secret'],
    identity: agent.identity ?? name,
    limits: {
      turns: limits.turns,
      tokens: limits.tokens,
      usd: limits.usd ?? null,
      usdPerDay: limits['usd-per-day'] ?? null,
      wallMinutes: limits['wall-minutes'],
      idleSeconds: limits['idle-seconds'],
    },
  };
}

function backendFrom(backend: ConfigFile['backends'][string], name: string): Omit<BackendConfig, 'keyFile'> {
  return {
    name,
    harness: backend.harness,
    baseUrl: backend['base-url'].replace(/\/+$/, ''),
    api: backend.api ?? (backend.harness === 'claude' ? 'anthropic' : 'openai-chat'),
    model: backend.model,
    sessionKeys: backend['session-keys'],
    concurrency: backend.concurrency,
    prices: backend.prices ?? null,
    contextTokens: backend['context-tokens'],
    outputTokens: backend['output-tokens'],
  };
}

function mapValues<From, To>(from: Readonly<Record<string, From>>, convert: (value: From, key: string) => To): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, convert(value, key)]));
}
