import { expect, it } from 'vitest';
import { approved, approves, count, fails, opened, writes, writesOwnFile } from './steps.ts';
import { createWorld } from './world.ts';

it('I1, I2, D5: three fixes of one cause, then one park; a lost ledger and a restart give no more, a word of a maintainer does', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  world.sessions.script('fix-checks', ...[1, 2, 3, 4].map((at) => writes({ 'fix.txt': `try ${at}\n` })));
  for (let at = 0; at < 3; at += 1) {
    await world.check((await world.pullOf(pull.number)).head, 'failure');
    await world.tick('dev');
    world.restart();
  }
  await world.check((await world.pullOf(pull.number)).head, 'failure');
  expect(await world.settle('dev')).toEqual([`parked #${issue} as checks-exhausted`]);
  expect(count(world, 'fix-checks')).toBe(3);
  const next = world.issue('Another');
  await world.tick('dev');
  expect((await world.pull(next)).state).toBe('open');
  await world.comment(issue, 'The runner was broken.');
  await world.settle('dev');
  expect(count(world, 'fix-checks')).toBe(4);
});

it('D15, I4, L9: a fix that changes nothing is no fix; the same red head is given up after three failed sessions', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await world.check(pull.head, 'failure');
  world.sessions.script('fix-checks', { answer: { status: 'done', summary: 'Nothing to do' } });
  await world.settle('dev');
  expect([count(world, 'fix-checks'), (await world.pullOf(pull.number)).head]).toEqual([3, pull.head]);
  expect(await world.park(issue)).toMatchObject({ slug: 'session-failed', prose: expect.stringContaining('nothing changed') });
  expect((await world.comments(issue)).filter((comment) => comment.body.includes('Sessions that failed'))).toHaveLength(1);
});

it('I5, I6: a repository without CI, and a change that no workflow looks at, land without any status', async () => {
  const filtered = 'when:\n  - event: [push, pull_request]\n    path: src/**\nsteps:\n  - name: test\n    commands: [true]\n';
  for (const world of [await createWorld({ ci: false }), await createWorld({ files: { '.woodpecker/test.yaml': filtered } })]) {
    const { issue } = await opened(world, 'Write docs', writes({ 'docs/a.md': 'Words\n' }));
    world.sessions.script('review', approves);
    await world.settle('reviewer', 'merger', 'dev');
    expect((await world.find(issue)).state).toBe('closed');
  }
});

it('I7: a red head that a person has replaced meanwhile is nobody’s to fix', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  await world.check(pull.head, 'failure');
  await world.commit({ 'theirs.txt': 'fixed by hand\n' }, pull.branch);
  expect((await world.tick('dev')).kind).toBe('waiting');
  expect(count(world, 'fix-checks')).toBe(0);
});

it('I9, I10: what an optional or foreign context says holds up nobody and nothing', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await world.check(pull.head, 'failure', 'ci/optional');
  await world.ports('dev').forge.postStatus(pull.head, { context: 'ci/test', state: 'success', description: 'trust me', targetUrl: null });
  world.sessions.script('review', approves);
  expect((await world.tick('reviewer')).kind).toBe('waiting');
  await approved(world, pull);
  await world.settle('merger', 'dev');
  expect([(await world.find(issue)).state, count(world, 'fix-checks')]).toEqual(['closed', 0]);
});

it('I11, I12: who fixes is told which contexts failed with what CI says of them, and which pass', async () => {
  const lint = 'when:\n  - event: [push, pull_request]\nsteps:\n  - name: lint\n    commands: [true]\n';
  const world = await createWorld({ files: { '.woodpecker/lint.yaml': lint } });
  const { pull } = await opened(world);
  await world.check(pull.head, 'success', 'ci/lint');
  await world.check(pull.head, 'failure', 'ci/test');
  world.sessions.script('fix-checks', fails);
  await world.tick('dev');
  const [prompt] = world.sessions.prompts('fix-checks');
  expect(prompt).toContain('== ci/test, step "ci/test"');
  expect(prompt).toContain('ci/test ended');
  expect(prompt).toContain('ci/lint');
});

it('M11: what a reviewer asks for is done although CI is still pending', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  await world.as.maintainer.submitReview(pull.number, { verdict: 'changes-requested', head: pull.head, body: 'Rename it', comments: [] });
  world.sessions.script('address-review', writesOwnFile, writes({ 'b.txt': 'renamed\n' }));
  await world.settle('dev');
  expect(world.sessions.prompts('address-review')[0]).toContain('Rename it');
});
