import { Refused } from '../refused.ts';
import { archivedAt, findRepository, renamedTo } from '../store/repository.ts';
import type { World } from '../world.ts';

/** What an archived repository refuses. As on the real forge, issues are still edited, labelled, reviewed and given statuses. */
const locked =
  /^\/repos\/:owner\/:repo\/(?:branches|branch_protections|pulls|pulls\/:index\/merge|issues|issues\/:index\/comments|issues\/comments\/:comment|contents)(?:\/\*\w+)?$/;

/** Where a call to the old name of a repository is sent; null: it is not the old name of one. */
export function movedTo(world: World, path: string, { owner = '', repo = '' }: Readonly<Record<string, string>>): string | null {
  if (repo === '' || findRepository(world, owner, repo) !== undefined) return null;
  const now = renamedTo(world, owner, repo);
  return now === undefined ? null : path.replace(/(\/repos\/[^/]+\/)[^/?]+/, (_, before: string) => before + encodeURIComponent(now.name));
}

/** 423 for a write that an archived repository does not take. `route`: the path as it is declared. */
export function demandNotArchived(world: World, method: string, route: string, { owner = '', repo = '' }: Readonly<Record<string, string>>): void {
  if (method === 'GET' || !locked.test(route) || (method === 'DELETE' && route.includes('comments'))) return;
  const repository = findRepository(world, owner, repo);
  if (repository !== undefined && archivedAt(world, repository.id) !== null) throw new Refused(423, `${repository.owner}/${repository.name} is archived`);
}
