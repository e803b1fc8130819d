import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mergeBranch } from '#domain/name';
import { approved, approves, count, opened, rejects, writes, writesOwnFile } from './steps.ts';
import { createWorld } from './world.ts';

it('M1, M4: an approved change lands exactly as tested and approved, and only then its branch and issue go', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  expect((await world.tick('merger')).kind).toBe('idle');
  await approved(world, pull);
  expect(await world.settle('merger')).toEqual([expect.stringContaining(`merged #${pull.number}`)]);
  const merged = await world.pullOf(pull.number);
  expect([merged.state, merged.head, merged.mergedBy]).toEqual(['merged', pull.head, 'merger']);
  expect((await world.find(issue)).state).toBe('closed');
  expect([...(await world.ports('dev').git.listRefs('refs/')).keys()].filter((ref) => !ref.startsWith('refs/pull/')).toSorted()).toEqual([
    'refs/heads/main',
    'refs/notes/disinto',
  ]);
});

it('M3, D10: a merge that a rule refuses is asked for once, costs no session, and is tried again when a maintainer says so on the issue', async () => {
  const world = await createWorld({ protection: { required_approvals: 2 } });
  const { issue, pull } = await opened(world);
  await approved(world, pull);
  const did = await world.settle('merger', 'dev', 'reviewer');
  expect(did).toEqual([expect.stringContaining('reported that the forge refuses'), `parked #${issue} as merge-refused`]);
  expect([(await world.pullOf(pull.number)).state, (await world.find(issue)).state]).toEqual(['open', 'open']);
  world.forge.seed.setProtection('demo/app', 'main', { required_approvals: 1 });
  await world.comment(issue, 'The rule is changed, go on.');
  await world.settle('dev', 'reviewer', 'merger');
  expect((await world.pullOf(pull.number)).state).toBe('merged');
  expect(world.sessions.asked).toHaveLength(2);
});

it('M4, L15: no account but the merger can merge, and dev cannot push to main, whatever a session tries', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  await approved(world, pull);
  const merge = { Do: 'merge', head_commit_id: pull.head };
  for (const who of ['dev', 'reviewer', 'outsider'] as const)
    expect((await world.rest(who, 'POST', `/pulls/${pull.number}/merge`, merge)).status).toBeGreaterThanOrEqual(400);
  const { git } = world.ports('dev');
  const tip = await git.resolve('refs/heads/main');
  expect((await git.push([{ ref: 'refs/heads/main', to: pull.head, expect: tip }])).kind).toBe('refused');
  expect((await world.pullOf(pull.number)).state).toBe('open');
});

it('M1, M7: a merger that died after the merge proves and tidies it at the next run; one that died before merges', async () => {
  for (const when of ['before', 'after'] as const) {
    const world = await createWorld();
    const { issue, pull } = await opened(world);
    await approved(world, pull);
    await world.die('merger', { when, effect: 'merge' });
    world.restart();
    await world.settle('merger');
    expect([(await world.pullOf(pull.number)).state, (await world.find(issue)).state]).toEqual(['merged', 'closed']);
    expect([...(await world.ports('dev').git.listRefs('refs/disinto/')).keys()]).toEqual([]);
  }
});

it('M7: a person who merges first is no failure', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await approved(world, pull);
  await world.die('merger', { when: 'before', effect: 'merge' });
  await world.as.maintainer.mergePullRequest(pull.number, { head: pull.head, title: 'By hand', message: '' });
  world.restart();
  expect((await world.settle('merger', 'dev'))[0]).toContain(`merged #${pull.number}`);
  expect([(await world.find(issue)).state, (await world.pullOf(pull.number)).mergedBy]).toEqual(['closed', 'maintainer']);
});

it('M8: an approved change whose issue a person took, or parked by hand, is theirs to land', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await approved(world, pull);
  await world.as.maintainer.ensureAssignees(issue, ['maintainer']);
  expect((await world.tick('merger')).kind).toBe('idle');
  await world.as.maintainer.ensureAssignees(issue, ['dev']);
  await world.as.maintainer.ensureLabels(issue, { add: ['blocked'], remove: [] });
  expect((await world.tick('merger')).kind).toBe('idle');
  await world.as.maintainer.ensureLabels(issue, { add: [], remove: ['blocked'] });
  expect((await world.tick('merger')).kind).toBe('acted');
});

it('M8: the change of an outsider is neither reviewed nor merged by itself', async () => {
  const world = await createWorld();
  world.forge.seed.addCollaborator('demo/app', 'outsider', 'write');
  await world.commit({ 'x.txt': 'x\n' }, 'theirs');
  const { pullRequest: pull } = await world.as.outsider.ensurePullRequest({ branch: 'theirs', base: 'main', title: 'x', body: '' });
  await world.check(pull.head, 'success');
  await world.as.maintainer.submitReview(pull.number, { verdict: 'approved', head: pull.head, body: 'ok', comments: [] });
  expect(await world.settle('dev', 'reviewer', 'merger')).toEqual([]);
});

it('M12, M13, M1: when main moved, the merge result is tested on a branch of its own; head and approval stay, and that tree lands', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  await approved(world, pull);
  await world.commit({ 'other.txt': 'main moved\n' });
  expect((await world.tick('merger')).kind).toBe('acted');
  const tested = (await world.as.maintainer.findBranch(mergeBranch(pull.number)))!.head;
  expect((await world.tick('merger')).kind).toBe('waiting');
  await world.check(tested, 'success');
  expect((await world.tick('merger')).kind).toBe('acted');
  const merged = await world.pullOf(pull.number);
  const { git } = world.ports('merger');
  await git.fetch();
  expect([merged.state, merged.head]).toEqual(['merged', pull.head]);
  expect((await git.readCommit(merged.mergeCommit!))?.tree).toBe((await git.readCommit(tested))?.tree);
});

it('M12: a red merge result goes back to its author with the base merged in', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await approved(world, pull);
  await world.commit({ 'other.txt': 'main moved\n' });
  await world.tick('merger');
  const tested = (await world.as.maintainer.findBranch(mergeBranch(pull.number)))!.head;
  await world.check(tested, 'failure');
  expect((await world.tick('merger')).kind).toBe('acted');
  world.sessions.script('fix-checks', writes({ 'fits.txt': 'now it fits\n' }));
  await world.tick('dev');
  const fixed = await world.pullOf(pull.number);
  const { git } = world.ports('dev');
  await git.fetch();
  expect(await git.isAncestor((await git.resolve('refs/heads/main'))!, fixed.head)).toBe(true);
  await approved(world, fixed);
  await world.settle('merger');
  expect((await world.find(issue)).state).toBe('closed');
});

it('M13, M2: a conflict is resolved by one session, on the base as it is now', async () => {
  const world = await createWorld({ files: { 'a.txt': 'one\n' } });
  const { issue, pull } = await opened(world, 'Change a', writes({ 'a.txt': 'dev\n' }));
  await world.commit({ 'a.txt': 'main\n' });
  world.sessions.script('resolve-conflict', writes({ 'a.txt': 'main and dev\n' }));
  await world.tick('dev');
  const resolved = await world.pullOf(pull.number);
  expect(world.sessions.prompts('resolve-conflict')[0]).toContain('a.txt');
  await approved(world, resolved);
  await world.settle('merger', 'dev');
  expect([(await world.find(issue)).state, count(world, 'resolve-conflict')]).toEqual(['closed', 1]);
});

it('M13: a session that leaves the markers of a conflict has not resolved it', async () => {
  const world = await createWorld({ files: { 'a.txt': 'one\n' } });
  const { pull } = await opened(world, 'Change a', writes({ 'a.txt': 'dev\n' }));
  await world.commit({ 'a.txt': 'main\n' });
  world.sessions.script('resolve-conflict', { answer: { status: 'done', summary: 'Resolved' } });
  expect(await world.tick('dev')).toMatchObject({ did: expect.stringContaining('conflict markers are left in a.txt') });
  expect((await world.pullOf(pull.number)).head).toBe(pull.head);
});

it('M15, R4: a new head is reviewed anew, and the approval stands over the own earlier rejection', async () => {
  const world = await createWorld({ protection: { block_on_rejected_reviews: true } });
  const { issue, pull } = await opened(world, 'Write a', writes({ 'a.txt': 'one\n' }));
  await world.check(pull.head, 'success');
  world.sessions.script('review', rejects, approves);
  world.sessions.script('address-review', writes({ 'a.txt': 'two\n' }));
  await world.tick('reviewer');
  await world.tick('dev');
  const fixed = await world.pullOf(pull.number);
  await world.check(fixed.head, 'success');
  await world.settle('reviewer', 'merger', 'dev');
  expect((await world.find(issue)).state).toBe('closed');
  expect(world.sessions.prompts('review')[1]).toContain(`Your review of ${pull.head}`);
  expect((await world.comments(pull.number)).filter((comment) => comment.body.includes('Reply to review'))).toHaveLength(1);
});

it('a change request that nobody told of, in the second of the approval, keeps a green change from landing', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  world.ports('merger').view.heard('items');
  await sleep(1000 - (Date.now() % 1000));
  const review = (who: 'reviewer' | 'maintainer', event: string) =>
    world.rest(who, 'POST', `/pulls/${pull.number}/reviews`, { event, commit_id: pull.head, body: 'See above.' });
  expect((await review('reviewer', 'APPROVED')).status).toBeLessThan(300);
  await world.tick('merger');
  expect((await review('maintainer', 'REQUEST_CHANGES')).status).toBeLessThan(300);
  await sleep(1100);
  await world.check(pull.head, 'success');
  await world.settle('merger');
  expect((await world.pullOf(pull.number)).state).toBe('open');
});

it('of two approved changes that turn green untold, one lands at the next look', async () => {
  const world = await createWorld();
  world.sessions.script('implement', writesOwnFile);
  const issues = [world.issue('one'), world.issue('two')];
  await world.settle('dev');
  const pulls = await Promise.all(issues.map((issue) => world.pull(issue)));
  for (const pull of pulls) await world.rest('reviewer', 'POST', `/pulls/${pull.number}/reviews`, { event: 'APPROVED', commit_id: pull.head, body: 'Fine.' });
  expect((await world.tick('merger')).kind).toBe('waiting');
  for (const pull of pulls) await world.as.ci.postStatus(pull.head, { context: 'ci/test', state: 'success', description: '', targetUrl: null });
  await sleep(600);
  expect(await world.tick('merger')).toMatchObject({ kind: 'acted', did: expect.stringContaining('merged') });
});
