import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Log } from '#log';
import type { Sha } from '#domain/sha';
import type { Git } from '#git';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { startEmbeddedForge, type EmbeddedForge } from '../../../embedded/forge/server.ts';
import { createGit, type GitOptions } from '../../../shared/git/store.ts';

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };

const identity = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 't@example.org', GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 't@example.org' };

/** Real git as a person or a session would run it. */
export function sh(cwd: string, ...args: readonly string[]): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', ...identity };
  return execFileSync('git', [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

export interface World {
  readonly root: string;
  /** A bare repository that plays the forge. */
  readonly forge: string;
  readonly data: string;
  /** First commit of main: `README.md`, `src/a.txt`, `.gitignore` (ignores `out/`). */
  readonly main: Sha;
  readonly git: Git;
  open(options?: Partial<GitOptions>): Git;
}

export async function createWorld(options: Partial<GitOptions> = {}): Promise<World> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'disinto-git-')));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const forge = join(root, 'forge.git');
  const data = join(root, 'data');
  mkdirSync(data);
  const main = seedForge(root, forge);
  const open: World['open'] = (more = {}) =>
    createGit({ data, project: 'demo', remoteUrl: forge, credentials: null, clock: systemClock, chance: systemChance, log: quiet, ...options, ...more });
  const git = open();
  await git.fetch();
  return { root, forge, data, main, git, open };
}

export interface ForgeWorld extends World {
  readonly server: EmbeddedForge;
  /** Stops the server before the test ends. */
  readonly stop: () => Promise<void>;
  readonly url: string;
  /** A collaborator with the right to write. */
  readonly account: { readonly login: string; readonly token: string };
}

/** The same content behind the embedded forge, over HTTP, as the account `dev`. */
export async function createForgeWorld(): Promise<ForgeWorld> {
  const seeded = await createWorld();
  const server = await startEmbeddedForge({ directory: join(seeded.root, 'server'), clock: systemClock, chance: systemChance });
  let closing: Promise<void> | null = null;
  const stop = async (): Promise<void> => await (closing ??= server.close());
  onTestFinished(stop);
  for (const login of ['owner', 'dev', 'outsider']) await server.seed.createUser(login);
  const { folder } = await server.seed.createRepository('owner', 'demo', { fromBare: seeded.forge });
  server.seed.addCollaborator('owner/demo', 'dev', 'write');
  const account = { login: 'dev', token: server.seed.createToken('dev', 'git') };
  const url = `${server.url}/owner/demo.git`;
  const open: World['open'] = (more = {}) =>
    seeded.open({ project: 'web', remoteUrl: url, credentials: { login: account.login, token: () => account.token }, ...more });
  const git = open();
  await git.fetch();
  return { ...seeded, forge: folder, git, open, server, stop, url, account };
}

function seedForge(root: string, forge: string): Sha {
  sh(root, 'init', '--quiet', '--bare', '--initial-branch=main', forge);
  const seed = join(root, 'seed');
  sh(root, 'init', '--quiet', '--initial-branch=main', seed);
  mkdirSync(join(seed, 'src'));
  writeFileSync(join(seed, 'README.md'), 'hello\n');
  writeFileSync(join(seed, 'src', 'a.txt'), 'one\ntwo\nthree\n');
  writeFileSync(join(seed, '.gitignore'), 'out/\n');
  sh(seed, 'add', '--all');
  sh(seed, 'commit', '--quiet', '-m', 'Start');
  sh(seed, 'push', '--quiet', forge, 'main');
  return sh(seed, 'rev-parse', 'HEAD') as Sha;
}

/** A commit on the forge made by somebody else; returns it. */
export function commitOnForge(world: World, branch: string, files: Readonly<Record<string, string>>, from = 'main'): Sha {
  const seed = join(world.root, 'seed');
  sh(seed, 'fetch', '--quiet', world.forge, `+refs/heads/*:refs/remotes/forge/*`);
  sh(seed, 'checkout', '--quiet', '--force', '-B', branch, `refs/remotes/forge/${from}`);
  for (const [path, content] of Object.entries(files)) writeFileSync(join(seed, path), content);
  sh(seed, 'add', '--all');
  sh(seed, 'commit', '--quiet', '--allow-empty', '-m', `Change ${Object.keys(files).join(', ')}`);
  sh(seed, 'push', '--quiet', '--force', world.forge, branch);
  return sh(seed, 'rev-parse', 'HEAD') as Sha;
}

export const author = { name: 'dev', email: 'dev@example.org' };
