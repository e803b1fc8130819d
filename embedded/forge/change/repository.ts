import { rename, rm } from 'node:fs/promises';
import { makeRepository, type NewRepository } from '../git/repository.ts';
import { findRepository, repositoryPath, type RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import { Refused } from '../refused.ts';
import { seconds, type World } from '../world.ts';

export interface RepositoryDraft {
  readonly name: string;
  readonly description: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly content: NewRepository['content'];
}

const isName = (name: string): boolean => /^[A-Za-z0-9._-]{1,100}$/.test(name) && !/^\.+$|\.git$|\.new$/.test(name);

/** Folders being made: what is found at the place of a new repository is replaced, and must not be another new one. */
const making = new Set<string>();

/** Makes the bare repository first and enters it last: the database never names one that is not whole. */
export async function createRepository(world: World, owner: UserRow, draft: RepositoryDraft): Promise<RepositoryRow> {
  if (!isName(draft.name)) throw new Refused(422, `not a repository name: ${draft.name}`);
  const folder = repositoryPath(world, { owner: owner.login, name: draft.name });
  if (making.has(folder)) throw new Refused(409, `the repository ${owner.login}/${draft.name} is being made`);
  making.add(folder);
  try {
    return await make(world, owner, draft, folder);
  } finally {
    making.delete(folder);
  }
}

async function make(world: World, owner: UserRow, draft: RepositoryDraft, folder: string): Promise<RepositoryRow> {
  const now = seconds(world);
  await makeRepository(world.git, {
    folder,
    defaultBranch: draft.defaultBranch,
    content: draft.content,
    person: { name: owner.full_name || owner.login, email: owner.email },
    at: now,
    scratch: world.chance.secret(6),
  });
  world.database.run(
    'INSERT INTO repositories (owner_id, name, description, private, default_branch, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    owner.id,
    draft.name,
    draft.description,
    draft.private ? 1 : 0,
    draft.defaultBranch,
    now,
    now,
  );
  const row = findRepository(world, owner.login, draft.name);
  if (row === undefined) throw new Error('the repository vanished while it was made');
  return row;
}

/** Gives it another name; calls to the old one are sent there. The folder moves first: a name without its folder would be worse than the reverse. */
export async function renameRepository(world: World, repository: RepositoryRow, name: string): Promise<void> {
  if (!isName(name)) throw new Refused(422, `not a repository name: ${name}`);
  if (findRepository(world, repository.owner, name) !== undefined) throw new Refused(422, 'The repository with the same name already exists.');
  await rename(repositoryPath(world, repository), repositoryPath(world, { owner: repository.owner, name }));
  world.database.transaction(() => {
    world.database.run('DELETE FROM old_names WHERE owner_id = ? AND name = ?', repository.owner_id, name);
    world.database.run('INSERT OR REPLACE INTO old_names (owner_id, name, repo_id) VALUES (?, ?, ?)', repository.owner_id, repository.name, repository.id);
    world.database.run('UPDATE repositories SET name = ? WHERE id = ?', name, repository.id);
  });
}

/** Forgets the repository and all that belongs to it, then removes its folder: one that is left over is replaced by the next of its name. */
export async function removeRepository(world: World, repository: RepositoryRow): Promise<void> {
  world.database.run('DELETE FROM repositories WHERE id = ?', repository.id);
  await rm(repositoryPath(world, repository), { recursive: true, force: true });
}
