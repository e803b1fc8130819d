import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ForgeAdmin, SignIn } from '#forge/admin';
import type { Log } from '#log';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createForgeAdmin } from '../../../shared/forge/admin/forge-admin.ts';
import { type Exchange, startRecorder } from '../forge/recorder.ts';
import type { AdminSite } from './site.ts';

const run = promisify(execFile);
const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

/** What the cases of the contract work with. */
export interface AdminWorld {
  readonly site: AdminSite;
  /** By the site administrator, recorded. */
  readonly admin: ForgeAdmin;
  /** By whoever has this token. */
  by(token: string, url?: string): ForgeAdmin;
  /** A name nobody used yet. */
  fresh(kind: string): string;
  /** A new account with a password. */
  account(kind?: string): Promise<SignIn>;
  /** A new repository of the administrator with one commit. */
  repository(more?: { readonly private?: boolean; readonly initialise?: boolean }): Promise<string>;
  /** One request below `/api/v1` by a token. */
  ask(method: string, path: string, body?: unknown, token?: string): Promise<{ readonly status: number; readonly body: any }>;
  /** Commits files onto a branch and pushes it. Answers what git said against it, or null when it was taken. */
  push(
    repository: string,
    by: { readonly login: string; readonly secret: string },
    files: Readonly<Record<string, string>>,
    to?: string,
  ): Promise<string | null>;
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

export async function makeWorld(start: () => Promise<AdminSite>): Promise<AdminWorld> {
  const site = await start();
  const recorder = await startRecorder(site.url);
  const by: AdminWorld['by'] = (token, url = recorder.url) =>
    createForgeAdmin({ url, token: () => token, timeoutSeconds: 20, clock: systemClock, chance: systemChance, log: silent });
  const admin = by(site.admin.token);
  const own = systemChance.secret(3);
  const names: string[] = [];
  const fresh = (kind: string): string => {
    names.push(`${kind}-${own}-${names.length + 1}`);
    return names.at(-1) ?? '';
  };
  return {
    site,
    admin,
    by,
    fresh,
    account: async (kind = 'person') => {
      const account = { login: fresh(kind), password: systemChance.secret(12) };
      await admin.createAccount({ ...account, email: `${account.login}@example.org`, fullName: `somebody called ${account.login}` });
      return account;
    },
    repository: async ({ private: hidden = false, initialise = true } = {}) => {
      const name = `${site.admin.login}/${fresh('repository')}`;
      await admin.createRepository({ name, private: hidden, description: '', defaultBranch: 'main', initialise });
      return name;
    },
    ask: (method, path, body, token = site.admin.token) => ask(site.url, method, path, body, token),
    push: (repository, account, files, to = 'main') => push(site.url, repository, account, files, to),
    exchanges: recorder.exchanges,
    close: async () => {
      await recorder.close();
      // Names of repositories among them are nobody's; with the accounts go their repositories and organisations.
      for (const name of site.shared ? names : []) await ask(site.url, 'DELETE', `admin/users/${name}?purge=true`, undefined, site.admin.token);
      await site.close();
    },
  };
}

async function ask(url: string, method: string, path: string, body: unknown, token: string): ReturnType<AdminWorld['ask']> {
  const answer = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : text };
}

const push = async (
  url: string,
  repository: string,
  { login, secret }: { readonly login: string; readonly secret: string },
  files: Readonly<Record<string, string>>,
  to: string,
): Promise<string | null> => {
  const folder = await mkdtemp(join(tmpdir(), 'disinto-push-'));
  const git = (...args: string[]): Promise<unknown> =>
    run('git', ['-C', folder, '-c', `user.name=${login}`, '-c', `user.email=${login}@example.org`, ...args], {
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    });
  try {
    const remote = new URL(url);
    Object.assign(remote, { username: login, password: secret, pathname: `/${repository}.git` });
    await git('clone', '-q', remote.href, '.');
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await git('add', '--all');
    await git('commit', '-q', '-m', `Change ${Object.keys(files).slice(0, 3).join(', ')}`);
    return await git('push', '-q', 'origin', `HEAD:refs/heads/${to}`).then(
      () => null,
      (error: { stderr: string }) => error.stderr,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
