import { setState } from './issue.ts';
import { insertEvent } from '../store/event.ts';
import { issueById } from '../store/issue.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

/** Closes a pull request whose branch is gone. */
export function closeForBranch(world: World, pull: number, branch: string, doer: UserRow): void {
  world.database.transaction(() => {
    setState(world, issueById(world, pull), doer, 'closed');
    insertEvent(world, pull, 'delete_branch', doer.id, { old_text: branch });
  });
}
