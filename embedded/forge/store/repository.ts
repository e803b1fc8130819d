import { join } from 'node:path';
import { notFound } from '../refused.ts';
import { seconds, type World } from '../world.ts';

export interface RepositoryRow {
  readonly id: number;
  readonly owner_id: number;
  /** Login of the owner. */
  readonly owner: string;
  readonly name: string;
  readonly description: string;
  readonly private: number;
  readonly default_branch: string;
  /** Seconds since 1970; null: it is not archived. */
  readonly archived_at: number | null;
  /** The repository it was forked from. */
  readonly fork_of: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

const select = 'SELECT repositories.*, users.login AS owner FROM repositories JOIN users ON users.id = repositories.owner_id';

export const findRepository = (world: World, owner: string, name: string): RepositoryRow | undefined =>
  world.database.get<RepositoryRow>(`${select} WHERE users.login = ? AND repositories.name = ?`, owner, name);

export const repositoryRow = (world: World, id: number): RepositoryRow | undefined =>
  world.database.get<RepositoryRow>(`${select} WHERE repositories.id = ?`, id);

export const repositoryById = (world: World, id: number): RepositoryRow => {
  const row = repositoryRow(world, id);
  if (row === undefined) throw notFound();
  return row;
};

export const listRepositories = (world: World): RepositoryRow[] => world.database.all<RepositoryRow>(`${select} ORDER BY repositories.id`);

export const archivedAt = (world: World, id: number): number | null =>
  world.database.get<{ archived_at: number | null }>('SELECT archived_at FROM repositories WHERE id = ?', id)?.archived_at ?? null;

/** The repository that had this name before. */
export const renamedTo = (world: World, owner: string, name: string): RepositoryRow | undefined =>
  world.database.get<RepositoryRow>(
    `${select} JOIN old_names ON old_names.repo_id = repositories.id JOIN users AS before ON before.id = old_names.owner_id WHERE before.login = ? AND old_names.name = ?`,
    owner,
    name,
  );

export const touchRepository = (world: World, id: number): void => {
  world.database.run('UPDATE repositories SET updated_at = ? WHERE id = ?', seconds(world), id);
};

/** Folder of the bare repository. */
export const repositoryPath = (world: Pick<World, 'directory'>, repository: Pick<RepositoryRow, 'owner' | 'name'>): string =>
  join(world.directory, repository.owner, `${repository.name}.git`);

/** Gives an account rights, replacing what it had. */
export function saveCollaborator(world: World, repository: number, user: number, permission: 'read' | 'write' | 'admin'): void {
  world.database.run(
    'INSERT INTO collaborators (repo_id, user_id, permission) VALUES (?, ?, ?) ON CONFLICT (repo_id, user_id) DO UPDATE SET permission = excluded.permission',
    repository,
    user,
    permission,
  );
}
