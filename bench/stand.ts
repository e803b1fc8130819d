import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '#config';
import { asSha, type Sha } from '#domain/sha';
import type { Forge } from '#forge';
import { type EmbeddedForge, startEmbeddedForge } from '../embedded/forge/server.ts';
import { agentOfRole } from '../cli/roles.ts';
import { connectAgent, openRuntime, type Runtime } from '../shared/agent/connect.ts';
import type { HostedAgent } from '../shared/agent/hosted.ts';
import { systemChance, systemClock } from '../shared/clock/system.ts';
import { parseConfig } from '../shared/config/load.ts';
import { createForge } from '../shared/forge/forgejo.ts';
import { createSecretRegistry } from '../shared/log/mask.ts';
import { createLog } from '../shared/log/pino.ts';
import { createBareGit } from './bare/git.ts';

export const repository = 'bench/notes';

/** The embedded forge with a repository, its people and the agents' connections to it; no CI, no model, nothing runs yet. */
export interface Stand {
  readonly server: EmbeddedForge;
  readonly runtime: Runtime;
  readonly slots: readonly HostedAgent[];
  readonly token: (login: string) => string;
  readonly forge: (login: string) => Forge;
  /** Pushes a new branch off main with one more file, as `login`; answers its head. */
  readonly pushBranch: (login: string, branch: string, path: string) => Promise<Sha>;
  close(): Promise<void>;
}

const accounts = { dev: 'write', reviewer: 'read', merger: 'write', ci: 'write', maintainer: 'admin' } as const;

export async function openStand(root: string, everySeconds: number): Promise<Stand> {
  const files = {
    'README.md': '# Notes\n',
    'notes/first.sh': 'echo first\n',
    '.woodpecker/test.yaml': 'when:\n  - event: [push, pull_request]\nsteps:\n  - name: test\n    commands: [sh -n notes/*.sh]\n',
  };
  for (const [name, text] of Object.entries(files)) write(join(root, 'content', name), text);
  const secrets = createSecretRegistry();
  const log = createLog({ level: 'silent', secrets });
  const server = await startEmbeddedForge({ directory: join(root, 'forge'), clock: systemClock, chance: systemChance, log });
  for (const login of ['bench', 'outsider', ...Object.keys(accounts)]) await server.seed.createUser(login, {});
  await server.seed.createRepository('bench', 'notes', { defaultBranch: 'main', fromFolder: join(root, 'content') });
  for (const [login, right] of Object.entries(accounts)) server.seed.addCollaborator(repository, login, right);
  const tokens = new Map<string, string>();
  const token = (login: string): string => {
    const known = tokens.get(login) ?? server.seed.createToken(login, 'bench');
    tokens.set(login, known);
    return known;
  };
  const runtime = openRuntime({ config: configOf(root, server.url, everySeconds), env: {}, secrets, log });
  const slots = (['dev', 'reviewer', 'merger'] as const).flatMap((role) =>
    connectAgent(agentOfRole(role), role, runtime, { sessions: null, token: (agent) => token(agent.identity) }),
  );
  return {
    server,
    runtime,
    slots,
    token,
    forge: (login) =>
      createForge({ url: server.url, repository, token: () => token(login), timeoutSeconds: 30, clock: systemClock, chance: systemChance, log }),
    pushBranch: createPusher(join(root, 'checkout'), server.url, token),
    close: async () => {
      runtime.ledger.close();
      await server.close();
    },
  };
}

function configOf(root: string, url: string, everySeconds: number): Config {
  const every = { schedule: { every: `${everySeconds}s` } };
  return parseConfig('', join(root, 'disinto.toml'), {
    base: {
      instance: { name: 'bench', data: join(root, 'data') },
      forge: { url },
      backends: { none: { harness: 'pi', 'base-url': 'http://127.0.0.1:1', api: 'anthropic', model: 'none' } },
      projects: { notes: { repository, maintainers: ['maintainer'] } },
      agents: { dev: every, reviewer: every, merger: every },
    },
  });
}

function createPusher(checkout: string, url: string, token: (login: string) => string): Stand['pushBranch'] {
  return async (login, branch, path) => {
    const git = createBareGit(login, token(login));
    if (!existsSync(checkout)) await git('/', 'clone', '--quiet', `${url}/${repository}.git`, checkout);
    await git(checkout, 'switch', '--quiet', '--create', branch, 'origin/main');
    write(join(checkout, path), `echo ${path}\n`);
    await git(checkout, 'add', '--all');
    await git(checkout, 'commit', '--quiet', '--message', `Write ${path}`);
    await git(checkout, 'push', '--quiet', 'origin', branch);
    return asSha(await git(checkout, 'rev-parse', 'HEAD'));
  };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
