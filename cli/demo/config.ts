import { join } from 'node:path';
import type { Config } from '#config';
import { parseConfig } from '../../shared/config/load.ts';
import type { ConfigPart } from '../../shared/config/schema.ts';
import { CliError } from '../command.ts';
import type { DemoFolder } from './folder.ts';
import { neverPlayed } from './never-played.ts';

export interface DemoPlaces {
  readonly data: string;
  readonly forgeUrl: string;
  readonly ciUrl: string;
  /** URL of the scripted model, when there is a playbook. */
  readonly modelUrl: string | null;
  readonly harness: 'pi' | 'claude' | null;
  readonly branch: string;
}

/** Stands in for a backend until the rest of the file has been checked. */
const missing = 'none-named';

/** Seconds between two looks of an agent that no event woke: webhooks tell all there is, this finds what one failed to tell. */
const lookSeconds = 5;

/**
 * The folder's `disinto.toml` laid over what a demo sets itself. With a playbook the scripted model is the backend of every
 * agent and a silent session ends after five seconds; without one the folder's own backend works.
 */
export function demoConfig(folder: DemoFolder, places: DemoPlaces): Config {
  const file = folder.config?.file ?? join(folder.path, 'disinto.toml');
  const config = parseConfig(folder.config?.text ?? '', file, { base: (own) => baseOf(folder, places, own), folder: folder.path });
  if (config.backends[missing] !== undefined) {
    throw new CliError(
      `${folder.path} has no playbook.yaml and its disinto.toml names no [backends.<name>]: add one (base-url, api, model, key-file), or a playbook for the scripted model`,
    );
  }
  const scripted = places.modelUrl === null ? null : scriptedBackend(places);
  const backends = scripted === null ? withHarness(config.backends, places.harness) : { scripted };
  return {
    ...config,
    backends,
    forge: { ...config.forge, url: places.forgeUrl },
    instance: { ...config.instance, data: places.data },
    projects: onlyDemo(config, folder, places),
    agents: agentsFor(config, scripted !== null),
  };
}

function baseOf(folder: DemoFolder, places: DemoPlaces, own: ConfigPart): ConfigPart {
  const backends = Object.keys(tableOf(own['backends']));
  const backend = places.modelUrl === null ? (backends[0] ?? missing) : 'scripted';
  const session = { backend };
  const every = { schedule: { every: `${lookSeconds}s` } };
  return {
    instance: { name: 'demo', data: places.data },
    forge: { url: places.forgeUrl },
    ...(backends.includes(backend)
      ? {}
      : { backends: { [backend]: { harness: 'pi', 'base-url': places.modelUrl ?? 'http://127.0.0.1:1', api: 'anthropic', model: 'scripted-1' } } }),
    projects: {
      [Object.keys(tableOf(own['projects']))[0] ?? projectName(folder)]: {
        repository: `demo/${folder.name}`,
        branch: places.branch,
        maintainers: ['maintainer'],
        ci: { contexts: 'workflows', account: 'ci', url: places.ciUrl },
      },
    },
    agents: { dev: { role: 'dev', ...session, ...every }, reviewer: { role: 'reviewer', ...session, ...every }, merger: { role: 'merger', ...every } },
  };
}

/** Project names follow the grammar of config keys; the repository keeps the folder's own name. */
function projectName(folder: DemoFolder): string {
  const name = folder.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return /^[a-z]/.test(name) ? name : `p-${name}`;
}

/** The first project of the file, if it has one, lends its policy; the repository is always the demo's. */
function onlyDemo(config: Config, folder: DemoFolder, places: DemoPlaces): Config['projects'] {
  const [own] = Object.values(config.projects);
  if (own === undefined) throw new CliError('the demo has no project');
  const ci = { ...own.ci, contexts: own.ci.contexts === 'none' ? ('none' as const) : ('workflows' as const), account: 'ci', url: places.ciUrl };
  return {
    [own.name]: { ...own, repository: `demo/${folder.name}`, branch: places.branch, maintainers: [...new Set(['maintainer', ...own.maintainers])], ci },
  };
}

function agentsFor(config: Config, scripted: boolean): Config['agents'] {
  const all = Object.values(config.agents).map((agent) => {
    const idleSeconds = scripted ? Math.min(5, agent.limits.idleSeconds) : agent.limits.idleSeconds;
    return {
      ...agent,
      projects: [],
      tokenFile: null,
      backend: scripted && agent.backend !== null ? 'scripted' : agent.backend,
      limits: { ...agent.limits, idleSeconds },
    };
  });
  return Object.fromEntries(all.map((agent) => [agent.name, agent]));
}

function scriptedBackend(places: DemoPlaces): Config['backends'][string] {
  return {
    name: 'scripted',
    harness: places.harness ?? 'pi',
    baseUrl: places.modelUrl ?? '',
    api: 'anthropic',
    model: 'scripted-1',
    keyFile: null,
    sessionKeys: true,
    concurrency: 4,
    prices: { input: 3, output: 15, cached: 0.3 },
    contextTokens: 128_000,
    outputTokens: 8192,
  };
}

function withHarness(backends: Config['backends'], harness: 'pi' | 'claude' | null): Config['backends'] {
  if (harness === null) return backends;
  return Object.fromEntries(Object.entries(backends).map(([name, backend]) => [name, { ...backend, harness }]));
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

/** Checks the folder's `disinto.toml` and whom its playbook speaks of before anything is started. Throws what `demoConfig` throws. */
export function checkDemoConfig(folder: DemoFolder, harness: DemoPlaces['harness'], branch: string, data: string): void {
  const nowhere = 'http://127.0.0.1:1';
  const config = demoConfig(folder, { data, forgeUrl: nowhere, ciUrl: nowhere, modelUrl: folder.playbook === null ? null : nowhere, harness, branch });
  const problems = neverPlayed(folder.playbook?.entries ?? [], Object.values(config.agents));
  if (problems.length > 0) throw new CliError(problems.map((problem) => `${join(folder.path, 'playbook.yaml')}: ${problem}`).join('\n'));
}
