import { branchRef, readRef } from '../git/ref.ts';
import type { PullRow } from '../store/pull.ts';
import { repositoryPath, repositoryRow, type RepositoryRow } from '../store/repository.ts';
import type { World } from '../world.ts';

/** Where the branch of a pull request is now: in its repository or in the fork that it comes from. Null: it is gone, or its repository is. */
export function headTip(world: World, pull: Pick<PullRow, 'repo_id' | 'head_repo' | 'head'>): string | null {
  const home = repositoryRow(world, pull.head_repo ?? pull.repo_id);
  return home === undefined ? null : readRef(repositoryPath(world, home), branchRef(pull.head));
}

/** Brings the commits of a fork's branch into the repository that is asked to take them. */
export async function takeFrom(world: World, source: RepositoryRow, into: RepositoryRow, branch: string): Promise<void> {
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', repositoryPath(world, source), branchRef(branch)];
  await world.git.run(repositoryPath(world, into), args);
}
