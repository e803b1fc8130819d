import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import { approves, opened, writesOwnFile } from './steps.ts';
import { createWorld } from './world.ts';

const done = { status: 'done', summary: 'Write a file' };
const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { cwd, encoding: 'utf8' });

it('a session that amends the only commit of main leaves a pull request like any other', async () => {
  const world = await createWorld();
  const { pull } = await opened(world, 'Amend', {
    files: { 'a.txt': 'a\n' },
    act: (workspace) => {
      git(workspace, 'add', '--all');
      git(workspace, 'commit', '--quiet', '--amend', '-m', 'Mine');
    },
    answer: done,
  });
  await world.check(pull.head, 'success');
  world.sessions.script('review', approves);
  await world.settle('reviewer', 'merger', 'dev');
  expect((await world.pullOf(pull.number)).state).toBe('merged');
});

it('a session that leaves no repository has failed, is tried twice more, and holds up nothing', async () => {
  const world = await createWorld();
  const issue = world.issue('Remove it');
  world.sessions.script('implement', { files: { 'a.txt': 'a\n' }, act: (workspace) => rmSync(join(workspace, '.git'), { recursive: true }), answer: done });
  await world.settle('dev');
  expect(await world.park(issue)).toMatchObject({ slug: 'session-failed', prose: expect.stringContaining('cannot be read') as string });
  expect(world.sessions.asked).toHaveLength(3);
  await opened(world);
});

it('a branch that the forge takes no pull request of is given up after three tries', async () => {
  const world = await createWorld();
  const issue = world.issue('Unrelated');
  world.sessions.script('implement', writesOwnFile);
  await world.die('dev', { when: 'before', effect: 'pull-request' });
  const { git: store, forge } = world.ports('dev');
  const ref = `refs/heads/fix/issue-${issue}`;
  await store.fetch();
  const head = (await store.readCommit((await store.resolve(ref))!))!;
  const author = { name: await forge.me(), email: 'dev@example.org' };
  const alone = await store.createCommit({ tree: head.tree, parents: [], message: head.message, author });
  await store.push([{ ref, to: asSha(alone), expect: head.sha }]);
  await world.settle('dev');
  expect(await world.park(issue)).toMatchObject({ slug: 'session-failed', prose: expect.stringContaining('no common history') as string });
  expect(world.sessions.asked).toHaveLength(1);
  await opened(world);
});
