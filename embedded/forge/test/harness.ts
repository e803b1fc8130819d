import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { startEmbeddedForge, type EmbeddedForge, type EmbeddedForgeOptions } from '../server.ts';

export type Row = Record<string, any>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text when it is not JSON. */
  readonly body: any;
}

/** REST calls with one account's token (empty: nobody). */
export const client =
  (url: () => string, token: string) =>
  async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const answer = await fetch(`${url()}/api/v1${path}`, {
      method,
      headers: { ...(token === '' ? {} : { Authorization: `token ${token}` }), 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: parse(text) };
  };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forge-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function startForge(options: Partial<EmbeddedForgeOptions> = {}): Promise<EmbeddedForge> {
  const directory = options.directory ?? join(await temporaryFolder(), 'forge');
  const forge = await startEmbeddedForge({ clock: systemClock, chance: systemChance, settleMilliseconds: 0, ...options, directory });
  onTestFinished(() => forge.close().catch(() => {}));
  return forge;
}

const run = promisify(execFile);

/** Real git in a folder; resolves with what it printed, both streams. Rejects with the same when it fails. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@noreply.localhost',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@noreply.localhost',
  };
  const { stdout, stderr } = await run('git', args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  return `${stdout}${stderr}`.trim();
}

export async function commitFile(folder: string, path: string, content: string, message = `Write ${path}`): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
}

const people = ['dev', 'reviewer', 'merger', 'ci', 'maintainer', 'outsider'] as const;
export type Person = (typeof people)[number];

export interface Stage {
  readonly forge: EmbeddedForge;
  readonly folder: string;
  /** REST calls by each of the people; paths below `/repos/demo/app` may start with `R`. */
  readonly as: Readonly<Record<Person | 'owner' | 'nobody', (method: string, path: string, body?: unknown) => Promise<Reply>>>;
  readonly tokens: Readonly<Record<Person | 'owner', string>>;
  /** A clone of `demo/app` whose remote carries this person's token. */
  clone(person: Person | 'owner'): Promise<string>;
}

/** A forge with the repository `demo/app`: dev, merger and ci may write, reviewer reads, maintainer administers, outsider may nothing. */
export async function stage(options: Partial<EmbeddedForgeOptions> = {}): Promise<Stage> {
  const folder = await temporaryFolder();
  const forge = await startForge({ directory: join(folder, 'forge'), ...options });
  const files = join(folder, 'files');
  await mkdir(files);
  await writeFile(join(files, 'readme.md'), '# app\n');
  await writeFile(join(files, 'list.txt'), 'one\ntwo\nthree\nfour\nfive\n');
  await forge.seed.createUser('demo', { admin: true });
  for (const login of people) await forge.seed.createUser(login, login === 'dev' ? { password: 'dev-password' } : {});
  await forge.seed.createRepository('demo', 'app', { fromFolder: files });
  for (const login of ['dev', 'merger', 'ci'] as const) forge.seed.addCollaborator('demo/app', login, 'write');
  forge.seed.addCollaborator('demo/app', 'reviewer', 'read');
  forge.seed.addCollaborator('demo/app', 'maintainer', 'admin');
  const tokens = Object.fromEntries(
    [...people, 'owner' as const].map((person) => [person, forge.seed.createToken(person === 'owner' ? 'demo' : person, 'test')]),
  ) as Stage['tokens'];
  const calls = (token: string): Stage['as']['dev'] => {
    const call = client(() => forge.url, token);
    return (method, path, body) => call(method, path.replace(/^R(?=\/|$)/, '/repos/demo/app'), body);
  };
  const as = Object.fromEntries([...Object.entries(tokens), ['nobody', '']].map(([person, token]) => [person, calls(token ?? '')])) as Stage['as'];
  let clones = 0;
  return {
    forge,
    folder,
    as,
    tokens,
    clone: async (person) => {
      clones += 1;
      const to = join(folder, `clone-${clones}`);
      await git(folder, 'clone', '--quiet', remoteOf(forge.url, person, tokens[person]), to);
      return to;
    },
  };
}

export const remoteOf = (url: string, login: string, token: string): string => `${url.replace('://', `://${login}:${token}@`)}/demo/app.git`;

/** Pushes a branch with one changed file and opens a pull request from it. */
export async function pullRequest(
  on: Stage,
  options: { branch?: string; path?: string; content?: string; body?: string } = {},
): Promise<{ number: number; head: string; clone: string; branch: string }> {
  const branch = options.branch ?? 'fix/issue-1';
  const clone = await on.clone('dev');
  await git(clone, 'switch', '--quiet', '-c', branch);
  const head = await commitFile(clone, options.path ?? 'src/new.txt', options.content ?? 'new\n');
  await git(clone, 'push', '--quiet', 'origin', branch);
  const reply = await on.as.dev('POST', 'R/pulls', { head: branch, base: 'main', title: `Change ${options.path ?? 'src/new.txt'}`, body: options.body ?? '' });
  if (reply.status !== 201) throw new Error(`no pull request: ${JSON.stringify(reply.body)}`);
  return { number: reply.body.number, head, clone, branch };
}

/** Asks to merge until the forge stops saying "try again later". */
export async function merge(on: Stage, number: number, by: Person | 'owner' = 'merger', more: Row = {}): Promise<Reply> {
  for (;;) {
    const reply = await on.as[by]('POST', `R/pulls/${number}/merge`, { Do: 'merge', ...more });
    if (reply.status !== 405 || reply.body.message !== 'Please try again later') return reply;
    await new Promise((done) => setTimeout(done, 10));
  }
}
