import { expect, it } from 'vitest';
import { pullRequest, stage, type Row, type Stage } from './harness.ts';

const titles = (rows: readonly Row[]): string[] => rows.map((row) => row['title']);
const label = async (on: Stage, name: string): Promise<number> => (await on.as.dev('POST', 'R/labels', { name, color: '#00aabb' })).body.id;

it('filters a list by labels with AND, and not at all by a label it does not know', async () => {
  const on = await stage();
  const [a, b] = [await label(on, 'a'), await label(on, 'b')];
  for (const [title, labels] of [
    ['none', []],
    ['only a', [a]],
    ['both', [a, b]],
  ] as const)
    await on.as.dev('POST', 'R/issues', { title, labels });
  const list = async (query: string): Promise<string[]> => titles((await on.as.dev('GET', `R/issues?${query}`)).body);
  expect(await list('labels=a')).toEqual(['both', 'only a']);
  expect(await list('labels=a,b')).toEqual(['both']);
  expect(await list('labels=nosuch')).toEqual(['both', 'only a', 'none']);
  expect(await list('labels=b,nosuch')).toEqual(['both']);
});

it('pages lists at 50, counts them, links the pages and sorts', async () => {
  const on = await stage();
  for (let n = 1; n <= 53; n += 1) await on.as.outsider('POST', 'R/issues', { title: `issue ${n}`, body: n === 7 ? 'about parsing dates' : '' });
  const first = await on.as.dev('GET', 'R/issues?limit=100');
  expect([first.body.length, first.body[0].title, first.headers.get('x-total-count')]).toEqual([50, 'issue 53', '53']);
  expect(first.headers.get('link')).toMatch(/[?&]page=2>; rel="next".*rel="last"/);
  const second = await on.as.dev('GET', 'R/issues?page=2&sort=oldest');
  expect(titles(second.body)).toEqual(['issue 51', 'issue 52', 'issue 53']);
  expect(second.headers.get('link')).toContain('rel="prev"');
  await on.as.dev('PATCH', 'R/issues/7', { state: 'closed' });
  expect((await on.as.dev('GET', 'R/issues?state=closed')).body.map((row: Row) => row['number'])).toEqual([7]);
  expect((await on.as.dev('GET', 'R/issues?state=all&q=dates+PARSING')).body.map((row: Row) => row['number'])).toEqual([7]);
  expect((await on.as.dev('GET', 'R/issues?created_by=dev&state=all')).body).toEqual([]);
});

it('tells what changed since a time, in whole seconds, pull requests among it', async () => {
  const on = await stage();
  await on.as.dev('POST', 'R/issues', { title: 'old' });
  await on.as.dev('POST', 'R/issues', { title: 'touched' });
  const pull = await pullRequest(on);
  await new Promise((done) => setTimeout(done, 2100));
  const since = new Date(Date.now() - 500).toISOString();
  await on.as.dev('POST', 'R/issues/2/comments', { body: 'hello' });
  const list = (await on.as.dev('GET', `R/issues?state=all&sort=leastupdate&since=${since}`)).body;
  expect(list.map((row: Row) => row['number'])).toEqual([2]);
  expect(list[0].updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect((await on.as.dev('GET', 'R/issues?type=pulls')).body).toMatchObject([{ number: pull.number, pull_request: { merged: false } }]);
  expect((await on.as.dev('GET', 'R/issues?type=issues')).body.map((row: Row) => row['pull_request'])).toEqual([null, null]);
  expect((await on.as.dev('GET', 'R/issues?since=yesterday')).status).toBe(422);
});

it('adds labels by name or number, removes by number only, and keeps a timeline of both', async () => {
  const on = await stage();
  const [a, b] = [await label(on, 'a'), await label(on, 'b')];
  await on.as.dev('POST', 'R/issues', { title: 't' });
  const names = (rows: readonly Row[]): string[] => rows.map((row) => row['name']);
  expect(names((await on.as.dev('POST', 'R/issues/1/labels', { labels: ['a', 'nosuch'] })).body)).toEqual(['a']);
  expect(names((await on.as.dev('POST', 'R/issues/1/labels', { labels: [b, a] })).body)).toEqual(['a', 'b']);
  expect((await on.as.dev('DELETE', 'R/issues/1/labels/a')).status).toBe(422);
  expect((await on.as.dev('DELETE', `R/issues/1/labels/${a}`)).status).toBe(204);
  expect((await on.as.dev('DELETE', `R/issues/1/labels/${a}`)).status).toBe(204);
  const timeline = (await on.as.dev('GET', 'R/issues/1/timeline')).body;
  expect(timeline.map((event: Row) => [event['type'], event['label'].name, event['body']])).toEqual([
    ['label', 'a', '1'],
    ['label', 'b', '1'],
    ['label', 'a', ''],
  ]);
  expect((await on.as.dev('GET', 'R/issues/1/timeline?limit=2&page=2')).body).toHaveLength(1);
  expect((await on.as.outsider('POST', 'R/issues/1/labels', { labels: ['a'] })).status).toBe(403);
  const sly = await on.as.outsider('POST', 'R/issues', { title: 'label me', labels: [a], assignees: ['outsider'] });
  expect([sly.body.labels, sly.body.assignees]).toEqual([[], null]);
});

it('does not page comments, honours since, and lets authors and collaborators change them', async () => {
  const on = await stage();
  await on.as.dev('POST', 'R/issues', { title: 't' });
  for (let n = 1; n <= 60; n += 1) await on.as.outsider('POST', 'R/issues/1/comments', { body: `comment ${n}` });
  const all = (await on.as.dev('GET', 'R/issues/1/comments?limit=2&page=3')).body;
  expect(all).toHaveLength(60);
  expect((await on.as.dev('GET', `R/issues/1/comments?since=${new Date(Date.now() + 5000).toISOString()}`)).body).toEqual([]);
  expect((await on.as.reviewer('PATCH', `R/issues/comments/${all[0].id}`, { body: 'mine now' })).status).toBe(403);
  expect((await on.as.outsider('PATCH', `R/issues/comments/${all[0].id}`, { body: 'edited' })).body.body).toBe('edited');
  expect((await on.as.dev('DELETE', `R/issues/comments/${all[1].id}`)).status).toBe(204);
  expect((await on.as.dev('GET', 'R/issues/1')).body.comments).toBe(59);
});

it('assigns with the last writer winning, closes and reopens, and lets outsiders change their own issue only', async () => {
  const on = await stage();
  await on.as.outsider('POST', 'R/issues', { title: 't' });
  expect((await on.as.dev('PATCH', 'R/issues/1', { assignees: ['dev'] })).body.assignees[0].login).toBe('dev');
  expect((await on.as.merger('PATCH', 'R/issues/1', { assignees: ['merger'] })).body.assignee.login).toBe('merger');
  expect((await on.as.dev('PATCH', 'R/issues/1', { assignees: ['nobody-here'] })).status).toBe(500);
  expect((await on.as.outsider('PATCH', 'R/issues/1', { title: 'better', state: 'closed' })).body).toMatchObject({ title: 'better', state: 'closed' });
  expect((await on.as.reviewer('PATCH', 'R/issues/1', { state: 'open' })).status).toBe(403);
  expect((await on.as.dev('PATCH', 'R/issues/1', { state: 'open' })).body).toMatchObject({ state: 'open', closed_at: null });
  const kinds = (await on.as.dev('GET', 'R/issues/1/timeline')).body.map((event: Row) => event['type']);
  expect(kinds).toEqual(['assignees', 'assignees', 'assignees', 'change_title', 'close', 'reopen']);
});

it('notes in an issue which pull requests, issues and comments name it, not what stands in code', async () => {
  const on = await stage();
  await on.as.dev('POST', 'R/issues', { title: 'target' });
  await on.as.dev('POST', 'R/issues', { title: 'other', body: 'see #1 and `#1` and #1' });
  const pull = await pullRequest(on, { body: 'Fixes #1' });
  await on.as.dev('POST', 'R/issues/2/comments', { body: 'like demo/app#1, unlike `#2`' });
  const timeline = (await on.as.dev('GET', 'R/issues/1/timeline')).body;
  expect(timeline.map((event: Row) => [event['type'], event['ref_action'], event['ref_issue'].number])).toEqual([
    ['issue_ref', 'none', 2],
    ['pull_ref', 'closes', pull.number],
    ['comment_ref', 'none', 2],
  ]);
});
