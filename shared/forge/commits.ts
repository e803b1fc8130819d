import type { Forge } from '#forge';
import { branch, commitStatus } from './pull-schema.ts';
import type { Repository } from './repository.ts';

type CommitVerbs = Pick<Forge, 'listStatuses' | 'postStatus' | 'findBranch' | 'ensureBranchDeleted'>;

/** Commits and the branches that point at them. */
export function createCommits(repository: Repository): CommitVerbs {
  return {
    listStatuses: (head) => repository.list(`commits/${head}/statuses`, commitStatus, { counting: 'exact', idOf: (each) => each.id }),
    postStatus: async (head, { context, state, description, targetUrl }) => {
      const body = { context, state, description, ...(targetUrl === null ? {} : { target_url: targetUrl }) };
      await repository.write('POST', `statuses/${head}`, body, commitStatus);
    },
    findBranch: (name) => repository.find(branchPath(name), branch),
    ensureBranchDeleted: (name) => repository.remove(branchPath(name)),
  };
}

/** Slashes of a branch name stay: the forge's route takes the rest of the path. */
const branchPath = (name: string): string => `branches/${name.split('/').map(encodeURIComponent).join('/')}`;
