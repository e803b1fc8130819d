import { expect, it } from 'vitest';
import { pullRequest, stage, type Row } from './harness.ts';

it('lists statuses newest first with their creator, pages them and combines the newest of each context', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const post = (context: string, state: string) =>
    on.as.ci('POST', `R/statuses/${pull.head}`, { context, state, description: 'd', target_url: 'http://127.0.0.1/log' });
  for (const [context, state] of [
    ['ci/a', 'pending'],
    ['ci/b', 'success'],
    ['ci/a', 'failure'],
    ['ci/a', 'success'],
  ] as const)
    expect((await post(context, state)).status).toBe(201);
  const all = await on.as.dev('GET', `R/commits/${pull.head}/statuses`);
  expect(all.body.map((status: Row) => [status['context'], status['status'], status['creator'].login])).toEqual([
    ['ci/a', 'success', 'ci'],
    ['ci/a', 'failure', 'ci'],
    ['ci/b', 'success', 'ci'],
    ['ci/a', 'pending', 'ci'],
  ]);
  const ids = all.body.map((status: Row) => status['id']);
  expect(ids).toEqual(ids.toSorted((a: number, b: number) => b - a));
  const page = await on.as.dev('GET', `R/statuses/${pull.head}?limit=3&page=2`);
  expect([page.body.length, page.headers.get('x-total-count')]).toEqual([1, '4']);
  const combined = (await on.as.dev('GET', `R/commits/${pull.branch}/status`)).body;
  expect(combined).toMatchObject({ state: 'success', sha: pull.head, total_count: 2 });
  await post('ci/b', 'error');
  expect((await on.as.dev('GET', `R/commits/${pull.head}/status`)).body.state).toBe('error');
});

it('takes a status from any write collaborator, from nobody else, and does not move the pull request by it', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const before = (await on.as.dev('GET', `R/pulls/${pull.number}`)).body.updated_at;
  await new Promise((done) => setTimeout(done, 1100));
  const post = (by: 'dev' | 'reviewer' | 'outsider' | 'nobody', sha = pull.head, state = 'success') =>
    on.as[by]('POST', `R/statuses/${sha}`, { context: 'ci/x', state });
  expect((await post('dev')).body.creator.login).toBe('dev');
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body.updated_at).toBe(before);
  expect((await on.as.dev('GET', `R/issues?type=pulls&since=${encodeURIComponent(new Date(Date.parse(before) + 1000).toISOString())}`)).body).toEqual([]);
  expect((await post('reviewer')).status).toBe(403);
  expect((await post('outsider')).status).toBe(403);
  expect((await post('nobody')).status).toBe(401);
  expect((await post('dev', '1'.repeat(40))).status).toBe(500);
  expect((await post('dev', pull.head, 'great')).status).toBe(422);
});
