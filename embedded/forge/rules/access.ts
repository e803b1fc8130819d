import { forbidden, notFound, Refused } from '../refused.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { ownsOrganisation, userById, type UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

export type Access = 'none' | 'read' | 'write' | 'admin' | 'owner';
const rank: Readonly<Record<Access, number>> = { none: 0, read: 1, write: 2, admin: 3, owner: 4 };
export const reaches = (have: Access, need: Access): boolean => rank[have] >= rank[need];

/** What an account (null: nobody) may do in a repository. Everybody reads a public one, but for restricted accounts. */
export function accessOf(world: World, repository: RepositoryRow, user: UserRow | null): Access {
  const least: Access = repository.private === 1 || user?.restricted === 1 ? 'none' : 'read';
  if (user === null) return least;
  if (user.id === repository.owner_id || user.admin === 1 || ownsOrganisation(world, repository.owner_id, user.id)) return 'owner';
  const granted = collaboratorAccess(world, repository, user);
  return granted !== null && reaches(granted, least) ? granted : least;
}

/** What was granted by name, or null. */
export function collaboratorAccess(world: World, repository: RepositoryRow, user: UserRow): 'read' | 'write' | 'admin' | null {
  const row = world.database.get<{ permission: 'read' | 'write' | 'admin' }>(
    'SELECT permission FROM collaborators WHERE repo_id = ? AND user_id = ?',
    repository.id,
    user.id,
  );
  return row?.permission ?? null;
}

/** Lets through who has `need`. Who may not even read is told that there is nothing. */
export function demand(world: World, repository: RepositoryRow, user: UserRow | null, need: Access): void {
  const have = accessOf(world, repository, user);
  if (have === 'none') throw notFound();
  if (reaches(have, need)) return;
  if (user === null) throw new Refused(401, 'token is required');
  throw forbidden(`user should have ${need === 'admin' ? 'an owner or admin' : `a permission to ${need}`} to this repository`);
}

/**
 * Whether the rule of a branch may name the account among those whose approvals count. A right to read what everybody reads is not kept
 * by the real forges, unless the account is restricted or an organisation owns the repository, and so does not count.
 */
export function maySayYes(world: World, repository: RepositoryRow, user: UserRow): boolean {
  if (user.id === repository.owner_id || ownsOrganisation(world, repository.owner_id, user.id)) return true;
  const granted = collaboratorAccess(world, repository, user);
  if (granted === null) return false;
  return granted !== 'read' || repository.private === 1 || user.restricted === 1 || userById(world, repository.owner_id).organisation === 1;
}
