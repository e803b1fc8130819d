import { type Sha } from '#domain/sha';
import { approvedPrefix } from '#domain/name';
import type { Git } from '#git';

/**
 * Answers whether a head descends from a change that a maintainer approved, so that its own CI configuration counts. The
 * approvals are refs that only the dev agent's publication of a held change writes.
 */
export function configApproval(git: Pick<Git, 'listRefs' | 'fetch' | 'isAncestor' | 'readCommit'>): (head: Sha) => Promise<boolean> {
  return async (head) => {
    const approved = [...(await git.listRefs(approvedPrefix)).values()];
    if (approved.length === 0) return false;
    if ((await git.readCommit(head)) === null) await git.fetch();
    for (const commit of approved) if (await git.isAncestor(commit, head)) return true;
    return false;
  };
}
