import { expect, it } from 'vitest';
import { commitFile, git, pullRequest, stage, type Row } from './harness.ts';

it('keeps inline comments with their place in the diff', async () => {
  const on = await stage();
  const pull = await pullRequest(on, { path: 'list.txt', content: 'one\ntwo\nTHREE\nfour\nfive\n' });
  const comments = [
    { path: 'list.txt', new_position: 3, body: 'loud' },
    { path: 'readme.md', new_position: 1, body: 'off the diff' },
  ];
  const review = await on.as.reviewer('POST', `R/pulls/${pull.number}/reviews`, {
    event: 'REQUEST_CHANGES',
    body: 'see below',
    commit_id: pull.head,
    comments,
  });
  expect([review.status, review.body.comments_count, review.body.commit_id, review.body.official]).toEqual([200, 2, pull.head, false]);
  const read = (await on.as.dev('GET', `R/pulls/${pull.number}/reviews/${review.body.id}/comments`)).body;
  expect(read.map((comment: Row) => [comment['path'], comment['position'], comment['body'], comment['user'].login])).toEqual([
    ['list.txt', 3, 'loud', 'reviewer'],
    ['readme.md', 1, 'off the diff', 'reviewer'],
  ]);
  expect(read[0].diff_hunk).toMatch(/^@@[\s\S]*\+THREE$/);
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body.review_comments).toBe(2);
});

it('refuses verdicts on your own pull request, on closed ones and without a word', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const post = (by: 'dev' | 'reviewer', body: Row) => on.as[by]('POST', `R/pulls/${pull.number}/reviews`, body);
  const own = await post('dev', { event: 'APPROVED' });
  expect([own.status, own.body.message]).toEqual([422, 'approve your own pull is not allowed']);
  expect((await post('dev', { event: 'REQUEST_CHANGES', body: 'x' })).status).toBe(422);
  expect((await post('dev', { event: 'COMMENT', body: 'a note of mine' })).status).toBe(200);
  expect((await post('reviewer', { event: 'COMMENT' })).status).toBe(422);
  expect((await post('reviewer', { event: 'CHEER', body: 'x' })).status).toBe(422);
  expect((await post('reviewer', { event: 'APPROVED', commit_id: '1'.repeat(40) })).status).toBe(500);
  await on.as.dev('PATCH', `R/pulls/${pull.number}`, { state: 'closed' });
  expect((await post('reviewer', { event: 'APPROVED' })).status).toBe(422);
});

it('counts the newest verdict of an account with write access as official and marks verdicts on other heads stale', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const post = (body: Row) => on.as.merger('POST', `R/pulls/${pull.number}/reviews`, body);
  await post({ event: 'REQUEST_CHANGES', body: 'no', commit_id: pull.head });
  const second = await commitFile(pull.clone, 'second.txt', '2\n');
  await git(pull.clone, 'push', '--quiet', 'origin', pull.branch);
  await post({ event: 'APPROVED', body: 'late', commit_id: pull.head });
  await post({ event: 'APPROVED', body: 'yes', commit_id: second });
  const reviews = (await on.as.dev('GET', `R/pulls/${pull.number}/reviews`)).body;
  expect(reviews.map((review: Row) => [review['body'], review['official'], review['stale']])).toEqual([
    ['no', false, true],
    ['late', false, true],
    ['yes', true, false],
  ]);
  await git(pull.clone, 'push', '--quiet', '--force', 'origin', `${pull.head}:${pull.branch}`);
  const back = (await on.as.dev('GET', `R/pulls/${pull.number}/reviews`)).body;
  expect(back.map((review: Row) => review['stale'])).toEqual([false, false, true]);
});

it('keeps a pending review to its author until it is submitted', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const pending = await on.as.reviewer('POST', `R/pulls/${pull.number}/reviews`, { comments: [{ path: 'src/new.txt', new_position: 1, body: 'hm' }] });
  expect(pending.body.state).toBe('PENDING');
  expect((await on.as.dev('GET', `R/pulls/${pull.number}/reviews`)).body).toEqual([]);
  const sent = await on.as.reviewer('POST', `R/pulls/${pull.number}/reviews/${pending.body.id}`, { event: 'COMMENT', body: 'done' });
  expect([sent.body.state, sent.body.comments_count]).toEqual(['COMMENT', 1]);
  const timeline = (await on.as.dev('GET', `R/issues/${pull.number}/timeline`)).body;
  expect(timeline.map((event: Row) => [event['type'], event['review_id']])).toEqual([
    ['pull_push', 0],
    ['review', pending.body.id],
  ]);
});

it('stumbles over a comment on a line that its file does not have, as the real forge does', async () => {
  const on = await stage();
  const pull = await pullRequest(on, { path: 'list.txt', content: 'one\ntwo\n' });
  const post = (path: string, line: number) =>
    on.as.reviewer('POST', `R/pulls/${pull.number}/reviews`, { event: 'COMMENT', body: 'x', comments: [{ path, new_position: line, body: 'y' }] });
  expect((await post('list.txt', 3)).status).toBe(500);
  expect((await post('gone.txt', 3)).status).toBe(200);
});
