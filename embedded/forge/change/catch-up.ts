import { closeForBranch } from './close-branch.ts';
import { moveHead } from './head.ts';
import { headTip } from '../rules/origin.ts';
import { listOpenPulls } from '../store/pull.ts';
import { listRepositories, type RepositoryRow } from '../store/repository.ts';
import { userById } from '../store/user.ts';
import type { World } from '../world.ts';

/** Brings open pull requests to where their branches are: a push that was cut off between git and the database is caught up here. */
export async function catchUp(world: World, only: RepositoryRow | null = null): Promise<void> {
  for (const repository of only === null ? listRepositories(world) : [only]) {
    if (world.busy.has(repository.id)) continue;
    for (const pull of listOpenPulls(world, repository.id)) {
      const tip = headTip(world, pull);
      const author = userById(world, pull.author_id);
      if (tip === null) closeForBranch(world, pull.id, pull.head, author);
      else if (tip !== pull.head_sha) await moveHead(world, pull, tip, author);
    }
  }
}
