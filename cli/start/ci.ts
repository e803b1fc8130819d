import { delimiter, dirname, join } from 'node:path';
import { ConfigError, type Config, type ProjectConfig } from '#config';
import { isSameName } from '#domain/text/same';
import { type EmbeddedCi, startEmbeddedCi } from '../../embedded/ci/server.ts';
import type { Runtime } from '../../shared/agent/connect.ts';
import { visibleEnvironment } from '../../shared/config/environment.ts';
import { hiddenOf, readSecret, readSecretFile } from '../../shared/config/secret.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { CliError } from '../command.ts';
import { listenAddress } from './address.ts';

/** The embedded CI of every project that has one. */
export interface ProjectCis {
  /** The config with the addresses where the CIs answer. */
  readonly config: Config;
  /** Something happened on this repository (`owner/name`): its CI looks at once. False when none judges it. */
  wake(repository: string): boolean;
  close(): Promise<void>;
}

/** Projects whose checks we run ourselves. */
export const embeddedProjects = (config: Config): readonly ProjectConfig[] => Object.values(config.projects).filter(({ ci }) => ci.kind === 'embedded');

/** Starts them one after the other; if one cannot start, those that run are stopped. Throws `ConfigError` and `CliError`. */
export async function serveCis(runtime: Runtime, webhookSecret: string | null): Promise<ProjectCis> {
  const running: { readonly project: ProjectConfig; readonly ci: EmbeddedCi }[] = [];
  const close = async (): Promise<void> => void (await Promise.all(running.map(({ ci }) => ci.close())));
  try {
    for (const project of embeddedProjects(runtime.config)) running.push({ project, ci: await serveCi(runtime, project, webhookSecret) });
  } catch (error) {
    await close();
    throw error;
  }
  const urls = new Map(running.map(({ project, ci }) => [project.name, ci.url]));
  return {
    config: withUrls(runtime.config, urls),
    wake: (repository) => {
      const judging = running.filter(({ project }) => isSameName(project.repository, repository));
      for (const { ci } of judging) ci.wake();
      return judging.length > 0;
    },
    close,
  };
}

/** An address that the config names is kept: others reach the CI by it, maybe through a proxy. */
function withUrls(config: Config, urls: ReadonlyMap<string, string>): Config {
  const projects = Object.entries(config.projects).map(([name, project]): [string, ProjectConfig] => [
    name,
    { ...project, ci: { ...project.ci, url: project.ci.url ?? urls.get(name) ?? null } },
  ]);
  return { ...config, projects: Object.fromEntries(projects) };
}

async function serveCi(runtime: Runtime, project: ProjectConfig, webhookSecret: string | null): Promise<EmbeddedCi> {
  const { config, clock, chance, secrets, env } = runtime;
  const key = `projects.${project.name}.ci`;
  const token = tokenOf(runtime, project, key);
  const { passwordFile, account } = project.ci;
  const gitSecret = passwordFile === null || project.ci.gitSecret === 'token' ? token : secretOf(runtime, account, passwordFile);
  const log = runtime.log.child({ part: 'ci', project: project.name });
  const common = { clock, chance, log, mask: secrets.mask };
  const forge = createForge({ url: config.forge.url, repository: project.repository, token, timeoutSeconds: config.forge.timeoutSeconds, ...common });
  const rerunToken = readSecret('CI_TOKEN', env);
  const { host, port } = project.ci.url === null ? { host: '127.0.0.1', port: 0 } : listenAddress(project.ci.url, `${key}.url`);
  const directory = join(config.instance.data, 'ci', project.name);
  const options = {
    directory,
    source: { kind: 'forge', branch: project.branch, credentials: { login: account, token: gitSecret } },
    repository: project.repository,
    forgeUrl: config.forge.url,
    forge,
    env: withOwnNode(visibleEnvironment(config.session.env, env)),
    hidden: hiddenOf(config, env),
    host,
    port,
    everySeconds: webhookSecret === null ? 15 : 60,
    ...(webhookSecret === null ? {} : { webhookSecret }),
    ...(rerunToken === null ? {} : { rerunToken }),
  } as const;
  return startEmbeddedCi({ ...options, ...common }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new CliError(`port ${port} on ${host} is in use: stop what listens there, or set another one in ${key}.url`, 1, error);
    throw error;
  });
}

function tokenOf(runtime: Runtime, project: ProjectConfig, key: string): () => string {
  const { tokenFile, account } = project.ci;
  if (tokenFile === null) {
    const message = `is missing; name the file with the forge token of the account ${account}, which posts the results`;
    throw new ConfigError('secret', 'disinto.toml', [{ line: 1, path: `${key}.token-file`, message }]);
  }
  const read = secretOf(runtime, account, tokenFile);
  read();
  return read;
}

/** Read for each request, so that a rotated one counts at once; known to the mask before anybody can show it. */
function secretOf({ secrets }: Runtime, account: string, file: string): () => string {
  return () => {
    const secret = readSecretFile(file);
    secrets.add(secret);
    secrets.add(`${account}:${secret}`);
    return secret;
  };
}

/** The Node that runs us comes last: a machine without one can run steps that need it, and its own is preferred. */
function withOwnNode(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...env, PATH: [env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', dirname(process.execPath)].join(delimiter) };
}
