import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RunningForge } from './elsewhere.ts';
import { type Build, buildFolder, buildIn } from './place.ts';
import { settings } from './settings.ts';
import { type User, unprivileged } from './user.ts';

const run = promisify(execFile);
const readyWithinMs = 60_000;

interface Home {
  readonly folder: string;
  readonly build: Build;
  readonly user: User;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the cached build on a folder of its own. */
export async function startServer(): Promise<RunningForge> {
  const home = await furnish();
  try {
    const bootstrap = { login: 'bootstrap', password: randomBytes(18).toString('base64url') };
    await writeSettings(home, await freePort());
    await prepare(home, bootstrap);
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      await writeSettings(home, port);
      const url = `http://127.0.0.1:${port}`;
      const guardian = await guard(home);
      if (await ready(url, guardian)) return { url, bootstrap, close: () => end(guardian) };
      if (attempt === 3) throw new Error(`Gitea does not start:\n${await lastWords(home)}`);
    }
  } catch (error) {
    await rm(home.folder, { recursive: true, force: true });
    throw error;
  }
}

async function furnish(): Promise<Home> {
  const build = buildIn(buildFolder());
  const version = await run(build.binary, ['--version']).catch(() => null);
  if (version === null) throw new Error(`there is no Gitea in ${buildFolder()}: run \`make test-setup\` once, it takes about four minutes`);
  const user = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'disinto-gitea-'));
  for (const each of ['', 'tmp', 'custom', 'custom/conf']) {
    await mkdir(join(folder, each), { recursive: true });
    await give(join(folder, each), user);
  }
  const path = process.env['PATH'] ?? '/usr/bin:/bin';
  const env = { PATH: path, HOME: folder, USER: user.name, TMPDIR: join(folder, 'tmp'), GITEA_WORK_DIR: folder, GIT_CONFIG_NOSYSTEM: '1' };
  return { folder, build, user, env };
}

const settingsFile = (home: Home): string => join(home.folder, 'custom', 'conf', 'app.ini');

async function writeSettings(home: Home, port: number): Promise<void> {
  // Gitea writes its secrets into this file when it first starts.
  const known = await readFile(settingsFile(home), 'utf8').catch(() => null);
  const text =
    known === null
      ? settings({ port, folder: home.folder, assets: home.build.assets, user: home.user.name })
      : known.replaceAll(/(127\.0\.0\.1:|HTTP_PORT\s*=\s*)\d+/g, `$1${port}`);
  await writeFile(settingsFile(home), text, { mode: 0o600 });
  await give(settingsFile(home), home.user);
}

async function prepare(home: Home, { login, password }: { readonly login: string; readonly password: string }): Promise<void> {
  const command = (...args: readonly string[]): Promise<unknown> =>
    run(home.build.binary, args, { cwd: home.folder, env: home.env, ...home.user.ids }).catch((error: unknown) => {
      throw new Error(`gitea ${args.slice(0, 3).join(' ')} failed: ${(error as { stderr?: string }).stderr ?? String(error)}`);
    });
  await command('migrate');
  const account = ['--username', login, '--password', password, '--email', `${login}@example.org`];
  await command('admin', 'user', 'create', '--admin', '--must-change-password=false', ...account);
}

async function guard(home: Home): Promise<ChildProcess> {
  const log = await open(join(home.folder, 'server.log'), 'a');
  const order = { command: home.build.binary, args: ['web'], env: home.env, folder: home.folder, user: home.user.ids };
  const guardian = spawn(process.execPath, [join(import.meta.dirname, 'guardian.ts'), JSON.stringify(order)], {
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  guardian.stdin?.on('error', () => {});
  guardian.on('error', () => {});
  await log.close();
  return guardian;
}

/** False: the server ended by itself. */
async function ready(url: string, guardian: ChildProcess): Promise<boolean> {
  const limit = performance.now() + readyWithinMs;
  while (guardian.exitCode === null && performance.now() < limit) {
    const answer = await fetch(`${url}/api/healthz`).catch(() => null);
    if (answer?.ok === true) return guardian.exitCode === null;
    await pause(50);
  }
  if (guardian.exitCode === null) await end(guardian);
  return false;
}

async function end(guardian: ChildProcess): Promise<void> {
  if (guardian.exitCode !== null || guardian.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => guardian.once('exit', () => resolve()));
  guardian.stdin?.end();
  await gone;
}

const lastWords = async (home: Home): Promise<string> =>
  (await readFile(join(home.folder, 'server.log'), 'utf8').catch(() => 'its folder is gone: it was not ready in time')).slice(-2000);

async function give(path: string, { ids }: User): Promise<void> {
  if (ids !== null) await chown(path, ids.uid, ids.gid);
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
