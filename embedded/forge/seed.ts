import { readSettings } from './api/protection.ts';
import { hashPassword } from './auth.ts';
import { openIssue } from './change/issue.ts';
import { createRepository } from './change/repository.ts';
import { Refused } from './refused.ts';
import { insertHook, listHooks } from './store/hook.ts';
import { insertLabel, knownLabels, type LabelRow } from './store/label.ts';
import { findProtection, noProtection, saveProtection, settingsOf, type ProtectionSettings } from './store/protection.ts';
import { findRepository, repositoryPath, saveCollaborator, type RepositoryRow } from './store/repository.ts';
import { deleteToken, insertToken } from './store/token.ts';
import { findUser, insertUser, needUser, type UserRow } from './store/user.ts';
import type { World } from './world.ts';

/** Sets up accounts and repositories from inside the process. Every verb except `createIssue` may be repeated. */
export interface Seed {
  /** Makes the account, or changes password and rights of the one there is. */
  createUser(login: string, options?: { readonly password?: string; readonly admin?: boolean; readonly fullName?: string }): Promise<void>;
  /** A new value for the account's token of this name; an older value of that name stops working. Scopes: `all` by default. */
  createToken(login: string, name: string, scopes?: readonly string[]): string;
  /** Makes the repository unless it exists; answers where its bare repository is. `fromBare`: its HEAD branch becomes the default branch. */
  createRepository(owner: string, name: string, options?: RepositoryOptions): Promise<{ readonly folder: string; readonly created: boolean }>;
  addCollaborator(repository: string, login: string, permission: 'read' | 'write' | 'admin'): void;
  /** Sets what is named; the rest of an existing rule stays. */
  setProtection(repository: string, branch: string, settings: Partial<ProtectionSettings>): void;
  /** Makes the hook, in place of one whose URL differs at most in host and port. Answers its number. */
  createHook(repository: string, hook: { readonly url: string; readonly secret: string; readonly events: readonly string[] }): number;
  /** Opens an issue in somebody's name, making labels that are missing (grey). Answers its number. */
  createIssue(
    repository: string,
    issue: { readonly author: string; readonly title: string; readonly body: string; readonly labels?: readonly string[] },
  ): number;
}

interface RepositoryOptions {
  readonly defaultBranch?: string;
  readonly fromFolder?: string;
  readonly fromBare?: string;
  readonly private?: boolean;
  readonly description?: string;
}

export function createSeed(world: World): Seed {
  const find = (fullName: string): RepositoryRow => {
    const [owner = '', name = ''] = fullName.split('/');
    const row = findRepository(world, owner, name);
    if (row === undefined) throw new Refused(404, `there is no repository ${fullName}`);
    return row;
  };
  return {
    createUser: async (login, options = {}) => saveUser(world, login, options),
    createToken: (login, name, scopes = ['all']) => {
      const user = needUser(world, login);
      return world.database.transaction(() => {
        deleteToken(world, user, name);
        return insertToken(world, user, name, scopes).value;
      });
    },
    createRepository: async (owner, name, options = {}) => {
      const known = findRepository(world, owner, name);
      const row = known ?? (await makeFrom(world, needUser(world, owner), name, options));
      return { folder: repositoryPath(world, row), created: known === undefined };
    },
    addCollaborator: (repository, login, permission) => saveCollaborator(world, find(repository).id, needUser(world, login).id, permission),
    setProtection: (repository, branch, settings) => {
      const { id } = find(repository);
      const before = findProtection(world, id, branch);
      saveProtection(world, id, branch, readSettings({ ...settings }, before === undefined ? noProtection : settingsOf(before)));
    },
    createHook: (repository, hook) => replaceHook(world, find(repository).id, hook),
    createIssue: (repository, issue) => {
      const row = find(repository);
      const labels = (issue.labels ?? []).map((name) => ensureLabel(world, row.id, name));
      return openIssue(world, row, needUser(world, issue.author), { title: issue.title, body: issue.body, labels, assignees: [] }).number;
    },
  };
}

async function saveUser(world: World, login: string, options: { password?: string; admin?: boolean; fullName?: string }): Promise<void> {
  const password = options.password === undefined ? null : await hashPassword(world, options.password);
  const user = findUser(world, login);
  if (user === undefined) {
    insertUser(world, { login, email: `${login}@noreply.localhost`, fullName: options.fullName ?? '', password, admin: options.admin ?? false });
    return;
  }
  world.database.run(
    'UPDATE users SET password = ?, admin = ?, full_name = ? WHERE id = ?',
    password ?? user.password,
    Number(options.admin ?? user.admin === 1),
    options.fullName ?? user.full_name,
    user.id,
  );
}

function makeFrom(world: World, owner: UserRow, name: string, options: RepositoryOptions): Promise<RepositoryRow> {
  const { fromFolder, fromBare } = options;
  return createRepository(world, owner, {
    name,
    description: options.description ?? '',
    private: options.private ?? false,
    defaultBranch: options.defaultBranch ?? 'main',
    content: fromFolder !== undefined ? { files: fromFolder } : fromBare !== undefined ? { bare: fromBare } : null,
  });
}

function replaceHook(world: World, repository: number, hook: { url: string; secret: string; events: readonly string[] }): number {
  const place = (url: string): string => new URL(url).pathname + new URL(url).search;
  return world.database.transaction(() => {
    for (const row of listHooks(world, repository)) {
      if (place(row.url) === place(hook.url)) world.database.run('DELETE FROM hooks WHERE id = ?', row.id);
    }
    return insertHook(world, repository, { ...hook, type: 'forgejo', authorization: '', branchFilter: '', active: true }).id;
  });
}

function ensureLabel(world: World, repository: number, name: string): LabelRow {
  const [known] = knownLabels(world, repository, [name]);
  return known ?? insertLabel(world, repository, { name, color: 'cfd3d7', description: '', exclusive: false, archived: false });
}
