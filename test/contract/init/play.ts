import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { type KillMoment, killVariable } from './moment.ts';
import type { InitForge } from './world.ts';

const program = fileURLToPath(new URL('../../../bin/disinto', import.meta.url));
const killer = fileURLToPath(new URL('kill-at.ts', import.meta.url));

export interface Played {
  readonly code: number | null;
  readonly killed: boolean;
  readonly out: string;
  readonly err: string;
  /** What it said with `--json`. */
  readonly lines: readonly Said[];
}

export interface Said {
  readonly event: string;
  readonly type?: string;
  readonly step?: string;
  readonly end?: string;
  readonly applied?: number;
  readonly [key: string]: unknown;
}

/** One instance that is set up on a forge, with names that no other case has. */
export interface Case {
  readonly name: string;
  readonly repository: string;
  readonly folder: string;
  readonly listen: string;
  /** Logins of dev, reviewer, merger and CI. */
  readonly logins: readonly string[];
  /** Runs `disinto init` with the case's names and `more` options. */
  init(more: readonly string[], options?: { readonly kill?: KillMoment; readonly token?: string; readonly url?: string }): Promise<Played>;
}

const names = ['dev', 'reviewer', 'merger', 'ci'];
let made = 0;
const leftovers: string[] = [];
// A worker of the tests ends without an exit event.
afterAll(() => leftovers.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

/** `owner`: of the repository; by default the forge's administrator. */
export async function makeCase(forge: InitForge, owner = forge.owner): Promise<Case> {
  const name = `xq${(made += 1)}${forge.prefix}`;
  const folder = mkdtempSync(join(tmpdir(), 'disinto-init-case-'));
  leftovers.push(folder);
  const listen = `127.0.0.1:${await freePort()}`;
  const repository = `${owner}/${name}`;
  forge.remember(
    repository,
    names.map((each) => `${name}-${each}`),
  );
  const logins = names.map((each) => `${name}-${each}`);
  return {
    name,
    repository,
    folder,
    listen,
    logins,
    init: (more, { kill, token, url } = {}) => {
      const file = `${folder}.admin-token`;
      writeFileSync(file, token ?? forge.token, { mode: 0o600 });
      chmodSync(file, 0o600);
      leftovers.push(file);
      const list = names.map((each) => `${each}=${name}-${each}`).join(',');
      const options = ['--admin-token-file', file, '--listen', listen, '--logins', list, '--name', name];
      return play(folder, ['init', url ?? forge.url, repository, ...options, ...more], kill);
    },
  };
}

export function play(folder: string, args: readonly string[], kill?: KillMoment): Promise<Played> {
  const env = { ...process.env, ...(kill === undefined ? {} : { NODE_OPTIONS: `--import=${killer}`, [killVariable]: JSON.stringify(kill) }) };
  const child = spawn(program, [...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, killed: signal === 'SIGKILL', out, err, lines: linesOf(out) }));
  });
}

const linesOf = (out: string): readonly Said[] => out.split('\n').flatMap((line) => (line.startsWith('{"event"') ? [JSON.parse(line) as Said] : []));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Every file below the folder with its mode, time and content. */
export function filesOf(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.toSorted().map((path) => {
      const { mode, mtimeMs } = statSync(path);
      const content = statSync(path).isFile() ? readFileSync(path, 'base64') : '';
      return [path, `${mode.toString(8)} ${mtimeMs} ${content}`];
    }),
  );
}
