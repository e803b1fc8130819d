import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Workspace } from '#git';
import { author, createWorld, type World } from './fixture.ts';

/** A workspace with one commit that holds `x`. */
async function open(world: World, run: string): Promise<Workspace> {
  const workspace = await world.git.openWorkspace({ run, at: world.main, branch: 'fix/issue-7', author });
  writeFileSync(join(workspace.path, 'x'), 'x');
  await workspace.commitAll('x');
  return workspace;
}

it('keeps nothing of commits that were published under other messages, but what came after them', async () => {
  const world = await createWorld();
  const late = await open(world, 'run_1');
  const done = await open(world, 'run_2');
  const commit = await world.git.readCommit(await done.publishToStore());
  const renamed = await world.git.createCommit({ tree: commit!.tree, parents: [world.main], message: 'Better said', author });
  await world.git.push([{ ref: 'refs/heads/fix/issue-7', to: renamed, expect: null }]);
  writeFileSync(join(late.path, 'late'), 'late');
  expect(await world.git.retireWorkspace('run_1', 'stop')).not.toBeNull();
  expect(await world.git.retireWorkspace('run_2', 'done')).toBeNull();
}, 30_000);
