import { setState } from './issue.ts';
import { createRepository } from './repository.ts';
import { issueById } from '../store/issue.ts';
import { findRepository, repositoryPath, repositoryRow, type RepositoryRow } from '../store/repository.ts';
import { userById, type UserRow } from '../store/user.ts';
import { Refused } from '../refused.ts';
import type { World } from '../world.ts';

/** A repository of the account's own with the default branch and the tags of another. */
export async function fork(world: World, source: RepositoryRow, owner: UserRow, name: string): Promise<RepositoryRow> {
  if (findRepository(world, owner.login, name) !== undefined) throw new Refused(409, 'The repository with the same name already exists.');
  const content = { bare: repositoryPath(world, source) };
  const { description, default_branch: defaultBranch } = source;
  const { id } = await createRepository(world, owner, { name, description, private: source.private === 1, defaultBranch, content });
  world.database.run('UPDATE repositories SET fork_of = ? WHERE id = ?', source.id, id);
  return repositoryRow(world, id) ?? source;
}

/** Closes the open pull requests that come from a repository about to be removed. */
export function closeFromFork(world: World, removed: RepositoryRow): void {
  const open = world.database.all<{ id: number }>(
    "SELECT issues.id FROM pulls JOIN issues ON issues.id = pulls.issue_id WHERE head_repo = ? AND issues.state = 'open'",
    removed.id,
  );
  for (const { id } of open) setState(world, issueById(world, id), userById(world, removed.owner_id), 'closed');
}
