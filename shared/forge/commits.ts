import { type Forge, ForgeError } from '#forge';
import { branch, commitStatus } from './pull-schema.ts';
import type { Repository } from './repository.ts';

type CommitVerbs = Pick<Forge, 'listStatuses' | 'postStatus' | 'findBranch' | 'ensureBranchDeleted'>;

/** Commits and the branches that point at them. */
export function createCommits(repository: Repository): CommitVerbs {
  return {
    listStatuses: (head) => repository.list(`commits/${head}/statuses`, commitStatus, { counting: 'exact', idOf: (each) => each.id }),
    postStatus: async (head, { context, state, description, targetUrl }) => {
      const body = { context, state, description, ...(targetUrl === null ? {} : { target_url: targetUrl }) };
      try {
        await repository.write('POST', `statuses/${head}`, body, commitStatus);
      } catch (error) {
        // Gitea says 500, as if it were broken, about a commit that it does not have; asked for the statuses of it, it says so.
        if (error instanceof ForgeError && error.status === 500) await repository.send('GET', `commits/${head}/statuses?limit=1`, null);
        throw error;
      }
    },
    findBranch: async (name) => (isPossible(name) ? repository.find(branchPath(name), branch) : null),
    ensureBranchDeleted: async (name) => {
      if (isPossible(name)) await repository.remove(branchPath(name));
    },
  };
}

/** No branch has such a name, and in a path its dots would lead elsewhere. */
const isPossible = (name: string): boolean => !name.split('/').some((piece) => ['', '.', '..'].includes(piece));

/** Slashes of a branch name stay: the forge's route takes the rest of the path. */
export const branchPath = (name: string): string => `branches/${name.split('/').map(encodeURIComponent).join('/')}`;
