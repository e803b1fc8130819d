import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ForgeAdmin } from '#forge/admin';
import type { Case } from './play.ts';
import type { InitForge } from './world.ts';

/** What `disinto init` brought about: on the forge, and in the instance's folder. Names of the case, ports and times are taken out, so that two cases compare. */
export async function stateOf(forge: InitForge, one: Case): Promise<unknown> {
  const accounts = await Promise.all(one.logins.map((login) => accountState(forge.admin, one, login)));
  const repositories = await Promise.all([one.repository, `${one.repository}-ops`].map((name) => repositoryState(forge, name)));
  const state = { accounts, repositories, folder: folderState(one.folder) };
  return JSON.parse(JSON.stringify(state).replaceAll(one.name, 'CASE').replaceAll(one.listen, 'LISTEN'));
}

async function accountState(admin: ForgeAdmin, { name, folder }: Case, login: string): Promise<unknown> {
  const agent = login.slice(name.length + 1);
  const secret = (kind: string): string => readFileSync(join(folder, 'secrets', `${agent}.${kind}`), 'utf8').trim();
  const found = await admin.findAccount(login);
  const tokens = await admin.listTokens({ login, password: secret('password') });
  return {
    login: found?.login,
    fullName: found?.fullName,
    siteAdmin: found?.siteAdmin,
    tokens: tokens.map(({ name: token, scopes }) => [token, scopes]),
    opens: await admin.tokenOwner(secret('token')),
  };
}

async function repositoryState({ admin, ask }: InitForge, name: string): Promise<unknown> {
  const facts = await admin.findRepository(name);
  const commits = (await ask('GET', `repos/${name}/commits?limit=50`)) as readonly { readonly commit: { readonly message: string } }[];
  const branches = (await ask('GET', `repos/${name}/branches`)) as readonly { readonly name: string }[];
  return {
    facts,
    branches: branches.map((branch) => branch.name),
    commits: commits.map(({ commit }) => commit.message.trim()),
    collaborators: (await admin.listCollaborators(name)).map(({ login, permission }) => `${login} ${permission}`).toSorted(),
    labels: (await admin.listLabels(name)).map((label) => `${label.name} ${label.colour} ${label.description}`).toSorted(),
    protections: await admin.listProtections(name),
    hooks: (await admin.listHooks(name)).map(({ url, events, active }) => ({ url, events: events.toSorted(), active })),
    files: ((await admin.listFiles(name, 'main')) ?? []).toSorted(),
  };
}

/** Modes, and the text of what is no secret. */
function folderState(folder: string): unknown {
  const modeOf = (path: string): string => (statSync(join(folder, path)).mode & 0o777).toString(8);
  const secrets = readdirSync(join(folder, 'secrets')).toSorted();
  const journal = journalOf(folder);
  return {
    entries: readdirSync(folder).toSorted(),
    data: readdirSync(join(folder, 'data')).toSorted(),
    secretsFolder: modeOf('secrets'),
    secrets: secrets.map((name) => `${name} ${modeOf(join('secrets', name))}`),
    config: readFileSync(join(folder, 'disinto.toml'), 'utf8'),
    made: Object.keys(journal.made).toSorted(),
    proved: Object.keys(journal.proved).toSorted(),
    open: journal.open,
  };
}

interface JournalPart {
  readonly made: Readonly<Record<string, string>>;
  readonly proved: Readonly<Record<string, string>>;
  readonly open: Readonly<Record<string, string>>;
}

/** What the instance wrote down about the one forge that it worked on. */
function journalOf(folder: string): JournalPart {
  const { forges } = JSON.parse(readFileSync(join(folder, 'data', 'init.json'), 'utf8')) as { readonly forges: Readonly<Record<string, JournalPart>> };
  const [part] = Object.values(forges);
  if (part === undefined) throw new Error('the journal names no forge');
  return part;
}
