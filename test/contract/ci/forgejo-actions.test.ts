import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitStatus } from '#domain/check';
import { asSha } from '#domain/sha';
import type { Log } from '#log';
import { createCi } from '../../../shared/ci/ci-adapter.ts';
import { deviations } from '../forge/description.ts';
import { page, serve, type Reply, type SeenRequest } from './server.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'forgejo-actions');
const tasks = JSON.parse(readFileSync(join(folder, 'tasks.json'), 'utf8')) as readonly unknown[];
const jobLog = readFileSync(join(folder, 'job-log.txt'), 'utf8');

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const unused = (): never => {
  throw new Error('not asked here');
};
const git = { listFiles: unused, readFile: unused, listChangedFiles: unused, mergeBase: unused, readCommit: unused };
const token = 'forge-token-1234567890';
const config = {
  kind: 'forgejo-actions',
  contexts: 'protection',
  account: 'forgejo-actions',
  url: null,
  tokenFile: null,
  passwordFile: null,
  gitSecret: 'token',
} as const;
const ci = (url: string, statuses: readonly CommitStatus[] = [], required: readonly string[] = []) =>
  createCi({
    forge: {
      listStatuses: async () => statuses,
      findBranch: async (name) => ({ name, head: head('0'), protected: true, requiredContexts: required, requiredApprovals: 1 }),
    },
    git,
    config,
    log: quiet,
    repository: { url, repository: 'shop/parcels', token: () => token },
  });
const head = (digit: string) => asSha(digit.repeat(40));
const failed = (more: Partial<CommitStatus> = {}): CommitStatus => ({
  id: 1,
  context: 'Test / unit (pull_request)',
  state: 'failure',
  description: 'Failing after 1m28s',
  targetUrl: '/shop/parcels/actions/runs/12/jobs/0',
  creator: 'forgejo-actions',
  ...more,
});

/** Forgejo with an open repository: the API wants the token, pages want nothing. `logs`: the path where the log of the job lies. */
const forgejo =
  (logs: string | null, before: readonly unknown[] = []) =>
  ({ path, authorization }: SeenRequest): Reply => {
    const url = new URL(path, 'http://forge');
    if (url.pathname === '/api/v1/repos/shop/parcels/actions/tasks') {
      if (authorization !== `token ${token}`) return { status: 401, body: { message: 'token is required' } };
      const [number, limit] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('limit'))];
      const all = [...before, ...tasks];
      return { status: 200, body: { total_count: all.length, workflow_runs: all.slice((number - 1) * limit, number * limit) } };
    }
    if (url.pathname === logs) return { status: 200, body: jobLog, type: 'text/plain; charset=utf-8' };
    const latest = logs?.replace(/\/logs$/, '') ?? '';
    if (url.pathname === '/shop/parcels/actions/runs/12/jobs/0' && latest.includes('/attempt/'))
      return { status: 307, body: '', headers: { location: latest } };
    return { ...page, status: 404 };
  };

describe('failures from Forgejo Actions', () => {
  it('I12: the job, its exit code and the end of its log, from the page that people download it from', async () => {
    const { url, seen } = await serve(forgejo('/shop/parcels/actions/runs/12/jobs/0/logs'));
    const [failure] = await ci(url).failures(head('a'), [failed()]);
    expect(failure).toMatchObject({ context: 'Test / unit (pull_request)', step: 'unit', exitCode: 2, cause: 'change' });
    expect(failure?.log).toMatch(/^FAIL {2}test\/money.test.ts\n {2}expected 1.01 to be 1.02 — rounding ½$/m);
    expect(failure?.log).not.toMatch(/2026-11-20T/);
    expect(seen.map(({ path, authorization }) => [path.split('?')[0], authorization])).toEqual([
      ['/api/v1/repos/shop/parcels/actions/tasks', `token ${token}`],
      ['/shop/parcels/actions/runs/12/jobs/0/logs', null],
    ]);
  });

  it('newer servers keep a log per attempt', async () => {
    const { url } = await serve(forgejo('/shop/parcels/actions/runs/12/jobs/0/attempt/2/logs'));
    expect(await ci(url).failures(head('a'), [failed()])).toMatchObject([{ step: 'unit', exitCode: 2 }]);
  });

  it('where the log is not open, the description and where it is', async () => {
    const { url } = await serve(forgejo(null));
    const [failure] = await ci(url).failures(head('a'), [failed()]);
    expect(failure).toMatchObject({ step: 'unit', exitCode: null, cause: 'change' });
    expect(failure?.log).toBe('Failing after 1m28s (the log of this job cannot be read without signing in to the forge: /shop/parcels/actions/runs/12/jobs/0)');
  });

  it('I2: a log that the forge cannot give holds no repair up, being asked to come later does', async () => {
    const well = forgejo(null);
    const { url } = await serve((request) => (request.path.endsWith('/logs') ? { status: 500, body: 'connection timed out' } : well(request)));
    expect(await ci(url).failures(head('a'), [failed()])).toMatchObject([
      {
        step: 'unit',
        cause: 'change',
        log: expect.stringMatching(/^Failing after 1m28s \(the log of this job cannot be read, the forge answers 500: /) as string,
      },
    ]);
    const busy = await serve((request) => (request.path.endsWith('/logs') ? { status: 429, body: '', headers: { 'retry-after': '7' } } : well(request)));
    await expect(ci(busy.url).failures(head('a'), [failed()])).rejects.toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 7 });
  });

  it('names with a slash, of a workflow or of a job, are told apart by what the API calls the job', async () => {
    const { url } = await serve(forgejo(null));
    const cancelled = { description: 'Has been cancelled', targetUrl: '/shop/parcels/actions/runs/14/jobs/0' };
    for (const context of ['Test / with slash / unit (pull_request)', 'Test/all / unit (pull_request)'])
      expect(await ci(url).failures(head('b'), [failed({ ...cancelled, context })])).toMatchObject([
        { step: 'unit', log: expect.stringMatching(/trouble of the machine/) as string },
      ]);
    const reused = { ...(tasks[0] as object), name: 'call / unit', id: 99 };
    const nested = await serve(forgejo(null, [reused]));
    expect(await ci(nested.url).failures(head('b'), [failed({ ...cancelled, context: 'Test / call / unit (pull_request)' })])).toMatchObject([
      { step: 'call / unit' },
    ]);
  });

  it('I2: a cancelled job, which cannot be run again without a commit, is said to be no fault of the change and holds nothing up', async () => {
    const { url } = await serve(forgejo(null));
    const cancelled = failed({ description: 'Has been cancelled', targetUrl: '/shop/parcels/actions/runs/14/jobs/0' });
    expect(await ci(url).failures(head('b'), [cancelled])).toMatchObject([{ cause: 'change', log: expect.stringMatching(/trouble of the machine/) as string }]);
  });

  it('I7: tasks of other commits and events do not count, beyond the first page too', async () => {
    const others = Array.from({ length: 70 }, (_, i) => ({ ...(tasks[0] as object), id: 900 + i, head_sha: '7'.repeat(40) }));
    const { url, seen } = await serve(forgejo(null, others));
    expect(await ci(url).failures(head('b'), [failed({ targetUrl: '/shop/parcels/actions/runs/14/jobs/0' })])).toMatchObject([
      { log: expect.stringMatching(/trouble of the machine/) as string },
    ]);
    expect(seen.filter(({ path }) => path.includes('tasks')).map(({ path }) => path.split('?')[1])).toEqual(['page=1&limit=50', 'page=2&limit=50']);
  });

  it('asks no other host and no other repository, whatever a status says', async () => {
    const foreign = await serve(() => ({ status: 200, body: 'secret' }));
    const { url, seen } = await serve(forgejo(null));
    for (const targetUrl of [
      `${foreign.url}/x/y/actions/runs/1/jobs/0`,
      '/shop/other/actions/runs/12/jobs/0',
      '//evil.example/shop/parcels/actions',
      'not an address',
      null,
    ])
      expect(await ci(url).failures(head('a'), [failed({ targetUrl })])).toHaveLength(1);
    expect(foreign.seen).toEqual([]);
    expect(seen.every(({ path }) => path.startsWith('/api/v1/repos/shop/parcels/actions/tasks'))).toBe(true);
  });

  it.each([
    [401, 'config'],
    [404, null],
    [503, 'unavailable'],
  ] as const)('the API answers %i', async (status, kind) => {
    const { url } = await serve(() => ({ status, body: { message: 'no' } }));
    const asked = ci(url).failures(head('a'), [failed()]);
    if (kind === null) expect(await asked).toMatchObject([{ log: 'Failing after 1m28s' }]);
    else await expect(asked).rejects.toMatchObject({ name: 'CiError', kind });
  });

  it('cannot be asked to run again, and says what to do', async () => {
    const { url, seen } = await serve(forgejo(null));
    await expect(ci(url).rerun(head('a'), ['Test / unit (pull_request)'])).rejects.toMatchObject({
      kind: 'config',
      message: 'Forgejo Actions has no API to run Test / unit (pull_request) again: open the run on the forge and press "Re-run", or push a commit',
    });
    expect(seen).toEqual([]);
  });
});

it("the answers that these tests are made of fit Forgejo's own API description", async () => {
  const { url, seen } = await serve(forgejo(null));
  await ci(url).failures(head('a'), [failed()]);
  const asked = new URL(seen[0]?.path ?? '', url);
  const exchange = {
    method: 'get',
    path: asked.pathname.replace('/api/v1', ''),
    query: [...asked.searchParams.keys()],
    requestBody: '',
    status: 200,
    contentType: '',
  };
  const responseBody = JSON.stringify({ total_count: tasks.length, workflow_runs: tasks });
  expect(deviations({ ...exchange, responseBody })).toEqual([]);
  expect(deviations({ ...exchange, responseBody: '{"workflow_runs":[{"id":"1"}]}' })).toHaveLength(1);
});

describe('required contexts', () => {
  const required = ['Test / unit (pull_request)', 'Lint / * (pull_request)'];
  const posted = [failed({ id: 2, context: 'Lint / style (push)', state: 'success' }), failed({ id: 3, context: 'Test / unit (push)', state: 'success' })];
  const subject = { kind: 'pull-request', head: head('a'), base: head('0'), branch: 'main', number: 7 } as const;
  it('are those of the protection', async () => {
    expect(await ci('http://forge.test', [], required).required(subject)).toEqual(required.toSorted());
  });
  it('on merge results and branches name the event that those are seen by', async () => {
    for (const kind of ['merge-result', 'branch'] as const)
      expect(await ci('http://forge.test', posted, required).state({ ...subject, kind })).toMatchObject({ kind: 'success' });
  });
});
