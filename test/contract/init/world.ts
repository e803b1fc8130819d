import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeAdmin } from '#forge/admin';
import type { Log } from '#log';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createForgeAdmin } from '../../../shared/forge/admin/forge-admin.ts';
import { startGitea } from '../../setup/gitea.ts';

/** A running forge that `disinto init` is pointed at. Cases use names of their own, so that they do not meet. */
export interface InitForge {
  readonly url: string;
  /** Site administrator, and owner of the repositories. */
  readonly owner: string;
  readonly token: string;
  readonly admin: ForgeAdmin;
  /** One request below `/api/v1`; throws unless it is answered with 2xx. */
  ask(method: string, path: string, body?: unknown, token?: string): Promise<unknown>;
  /** A plain account with a token that may do everything. */
  person(login: string): Promise<{ readonly login: string; readonly token: string; readonly password: string }>;
  /** Part of the names of every case: on a forge that others use as well, they are nobody else's. */
  readonly prefix: string;
  /** Removed at the end, where the forge goes on. */
  remember(repository: string, logins: readonly string[]): void;
  close(): Promise<void>;
}

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

const adminOf = (url: string, token: string): ForgeAdmin =>
  createForgeAdmin({ url, token: () => token, timeoutSeconds: 30, clock: systemClock, chance: systemChance, log: silent });

/** `refuseTokensForGit`: as some forges do. */
export async function embeddedForge(more: { readonly refuseTokensForGit?: boolean } = {}): Promise<InitForge> {
  const directory = await mkdtemp(join(tmpdir(), 'disinto-init-forge-'));
  const forge = await startEmbeddedForge({ directory, clock: systemClock, chance: systemChance, ...more });
  await forge.seed.createUser('acme', { password: systemChance.secret(16), admin: true });
  const close = async (): Promise<void> => {
    await forge.close();
    await rm(directory, { recursive: true, force: true });
  };
  return forgeOf(forge.url, 'acme', forge.seed.createToken('acme', 'test'), close);
}

export async function giteaForge(): Promise<InitForge> {
  const gitea = await startGitea();
  return forgeOf(gitea.url, gitea.admin.login, gitea.adminToken, () => gitea.close());
}

function forgeOf(url: string, owner: string, token: string, close: () => Promise<void>): InitForge {
  const admin = adminOf(url, token);
  const goesOn = process.env['DISINTO_TEST_FORGE_URL'] !== undefined;
  const remembered: { readonly repository: string; readonly logins: readonly string[] }[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const { repository } of remembered) for (const name of [repository, `${repository}-ops`]) await admin.deleteRepository(name);
    for (const login of remembered.flatMap(({ logins }) => logins)) await admin.deleteAccount(login);
  };
  const ask: InitForge['ask'] = async (method, path, body, by = token) => {
    const headers = { authorization: `token ${by}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text === '' ? null : JSON.parse(text);
  };
  const person: InitForge['person'] = async (name) => {
    const login = `${name}${goesOn ? systemChance.secret(3) : ''}`;
    const password = systemChance.secret(12);
    await admin.createAccount({ login, password, email: `${login}@example.test`, fullName: `${login} the person` });
    return { login, password, token: await admin.createToken({ login, password }, { name: 'mine', scopes: ['all'] }) };
  };
  return {
    url,
    owner,
    token,
    admin,
    ask,
    person,
    prefix: goesOn ? systemChance.secret(3) : '',
    remember: (repository, logins) => void remembered.push({ repository, logins }),
    close: async () => {
      if (goesOn) await cleanUp();
      await close();
    },
  };
}
