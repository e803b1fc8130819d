import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '#log';
import { asSha } from '#domain/sha';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createView } from '../../../shared/forge/cached-view.ts';
import { createForge } from '../../../shared/forge/forgejo.ts';
import { type Account, type Answer, type Protection, type TestRepository, source } from './world.ts';

const run = promisify(execFile);
const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

export type Files = Readonly<Record<string, string>>;
const files: Files = { 'README.md': '# Demo\n', 'src/a.ts': source() };

/** What a forge must offer before the contract can write to it; accounts exist and have tokens. */
export interface Site {
  /** Where the adapter goes, for example through a recorder. */
  readonly url: string;
  /** Where git and the contract's own requests go. */
  readonly direct: string;
  readonly tokens: Readonly<Record<Account, string>>;
  /** Administers the site. */
  readonly admin: { readonly login: string; readonly password: string };
  /** Makes a repository `maintainer/<name>` with its collaborators; `filled`: and these files, in the first commit of main. */
  createRepository(name: string, files: Files): Promise<'filled' | 'empty'>;
  protect(name: string, rule: Protection): Promise<void>;
}

export async function makeRepository(site: Site, short: string): Promise<{ repository: TestRepository; remove: () => Promise<void> }> {
  const begun = await site.createRepository(short, files);
  const name = `maintainer/${short}`;
  const directory = await mkdtemp(join(tmpdir(), 'disinto-contract-'));
  const forgeWith: TestRepository['forgeWith'] = ({ token = site.tokens.dev, repository = name, url = site.url, clock = systemClock }) =>
    createForge({ url, repository, token: () => token, timeoutSeconds: 20, clock, chance: systemChance, log: silent });
  const git = createGit(site, name, directory);
  const repository: TestRepository = {
    name,
    forgeWith,
    forge: (account) => forgeWith({ token: site.tokens[account] }),
    view: (account) => {
      const forge = forgeWith({ token: site.tokens[account] });
      return { forge, view: createView({ forge, clock: systemClock }) };
    },
    url: site.direct,
    raw: (account, method, path, body) => ask(site, account, method, path === '' ? `repos/${name}` : `repos/${name}/${path}`, body),
    api: (by, method, path, body) => ask(site, by, method, path, body),
    git,
    push: createPush(git, directory),
    protect: (rule) => site.protect(short, rule),
  };
  if (begun === 'empty') {
    await git('maintainer', 'checkout', '-q', '-b', 'main');
    await repository.push('maintainer', 'main', files);
  }
  return { repository, remove: () => rm(directory, { recursive: true, force: true }) };
}

async function ask(site: Site, by: Parameters<TestRepository['api']>[0], method: string, path: string, body: unknown): Promise<Answer> {
  const { login, password } = site.admin;
  const basic = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const authorization = by === 'admin' ? basic : `token ${typeof by === 'string' ? site.tokens[by] : by.token}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(`${site.direct}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

/** One clone per account, made when it is first used. */
function createGit(site: Site, name: string, directory: string): TestRepository['git'] {
  const ready = new Map<Account, Promise<unknown>>();
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const inClone = async (account: Account, args: readonly string[]): Promise<string> =>
    (await run('git', ['-C', join(directory, account), ...args], { env })).stdout;
  const prepare = async (account: Account): Promise<void> => {
    const url = new URL(site.direct);
    Object.assign(url, { username: account, password: site.tokens[account], pathname: `/${name}.git` });
    await run('git', ['clone', '-q', url.href, join(directory, account)], { env });
    for (const [key, value] of [
      ['user.name', account],
      ['user.email', `${account}@example.org`],
    ] as const)
      await inClone(account, ['config', key, value]);
  };
  return async (account, ...args) => {
    const clone = ready.get(account) ?? prepare(account);
    ready.set(account, clone);
    await clone;
    return inClone(account, args).catch(() => null);
  };
}

function createPush(git: TestRepository['git'], directory: string): TestRepository['push'] {
  const onBranch = async (account: Account, branch: string): Promise<void> => {
    await git(account, 'fetch', '-q', 'origin');
    for (const start of [`origin/${branch}`, 'origin/main']) {
      if ((await git(account, 'checkout', '-q', '-B', branch, start)) !== null) return;
    }
  };
  return async (account, branch, files) => {
    await onBranch(account, branch);
    for (const [path, text] of Object.entries(files)) {
      const target = join(directory, account, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
    await git(account, 'add', '--all');
    await git(account, 'commit', '-q', '-m', `Change ${Object.keys(files).join(', ')}`);
    if ((await git(account, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`)) === null) return null;
    return asSha(((await git(account, 'rev-parse', 'HEAD')) ?? '').trim());
  };
}
