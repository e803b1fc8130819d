import { expect, it } from 'vitest';
import { createWorld } from './world.ts';

it('walks an issue to a merge', async () => {
  const world = await createWorld();
  const issue = world.issue('Add a file');
  world.sessions.script('implement', { files: { 'a.txt': 'one\n' }, answer: { status: 'done', summary: 'Add a' } });
  world.sessions.script('review', { answer: { verdict: 'approve', summary: 'Fine' } });
  console.time('dev');
  console.log(await world.tick('dev'));
  console.timeEnd('dev');
  const pull = await world.pull(issue);
  await world.check(pull.head, 'success');
  console.log(await world.settle('dev', 'reviewer', 'merger'));
  expect((await world.find(issue)).state).toBe('closed');
});
