import { expect, it } from 'vitest';
import { ForgeError } from '#forge';
import { approves, count, fails, opened, rejects } from './steps.ts';
import { createWorld } from './world.ts';

it('R1: a reviewer that died around submitting leaves one review of a head', async () => {
  for (const when of ['before', 'after'] as const) {
    const world = await createWorld();
    const { pull } = await opened(world);
    await world.check(pull.head, 'success');
    world.sessions.script('review', approves);
    await world.die('reviewer', { when, effect: 'review' });
    world.restart();
    await world.settle('reviewer');
    expect((await world.reviews(pull.number)).map((review) => [review.author, review.verdict])).toEqual([['reviewer', 'approved']]);
    expect(count(world, 'review')).toBe(when === 'before' ? 2 : 1);
  }
});

it('D14, R1: a review that the forge does not take is not paid for again', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  await world.check(pull.head, 'success');
  world.sessions.script('review', approves);
  const { forge } = world.ports('reviewer');
  const { submitReview } = forge;
  Object.assign(forge, { submitReview: () => Promise.reject(new ForgeError('unavailable', 'the forge is away')) });
  for (let at = 0; at < 3; at += 1) await world.tick('reviewer').catch(() => null);
  Object.assign(forge, { submitReview });
  await world.settle('reviewer');
  expect([count(world, 'review'), (await world.reviews(pull.number)).length]).toEqual([1, 1]);
});

it('R2: records are found among any number of comments', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await world.check(pull.head, 'success');
  world.sessions.script('review', fails);
  await world.tick('reviewer');
  for (let at = 0; at < 55; at += 1) await world.comment(pull.number, `Noise ${at}`, 'outsider');
  await world.settle('reviewer', 'dev');
  expect(count(world, 'review')).toBe(3);
  expect((await world.park(issue))?.slug).toBe('session-failed');
});

it('R5: a head whose review failed three times is parked once; a word on the issue gives it new tries', async () => {
  const world = await createWorld();
  const { issue, pull } = await opened(world);
  await world.check(pull.head, 'success');
  world.sessions.script('review', fails, fails, fails, approves);
  await world.settle('reviewer', 'dev');
  expect(await world.settle('reviewer', 'dev')).toEqual([]);
  expect([count(world, 'review'), (await world.park(issue))?.slug]).toEqual([3, 'session-failed']);
  expect((await world.comments(pull.number)).filter((comment) => comment.author === 'reviewer')).toHaveLength(1);
  await world.comment(issue, 'The model is back.');
  await world.settle('dev', 'reviewer', 'merger');
  expect((await world.pullOf(pull.number)).state).toBe('merged');
});

it('R4: after five rejections people decide', async () => {
  const world = await createWorld({ policy: { 'review-rounds': 2 } });
  const { issue, pull } = await opened(world);
  let round = 0;
  world.sessions.script('review', rejects);
  world.sessions.script('address-review', () => ({ files: { 'b.txt': `round ${(round += 1)}\n` }, answer: { status: 'done', summary: 'Tried' } }));
  for (let at = 0; at < 3; at += 1) {
    await world.check((await world.pullOf(pull.number)).head, 'success');
    await world.settle('reviewer', 'dev');
  }
  expect([(await world.park(issue))?.slug, count(world, 'review')]).toEqual(['review-exhausted', 2]);
});

it('a finding that stands in the body of a review is replied to as well', async () => {
  const world = await createWorld();
  const { pull } = await opened(world);
  await world.check(pull.head, 'success');
  const comments = ['README.md', 'far/away.ts'].map((path) => ({ path, line: 40, body: 'Wrong', severity: 'major' }));
  world.sessions.script('review', { answer: { verdict: 'request_changes', summary: 'Not yet', comments } });
  world.sessions.script('address-review', { files: { 'README.md': '# Better\n' }, answer: { status: 'done', summary: 'Mended the title' } });
  await world.settle('reviewer', 'dev');
  const reply = (await world.comments(pull.number)).find((comment) => comment.body.includes('Reply to review'));
  expect(reply?.body).toMatch(/- `README\.md:40`: changed in [0-9a-f]+\n- `far\/away\.ts:40`: not changed, see below/);
});
