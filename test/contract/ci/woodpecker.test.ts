import { describe, expect, it } from 'vitest';
import type { CommitStatus } from '#domain/check';
import { asSha } from '#domain/sha';
import type { Log } from '#log';
import { createCi } from '../../../shared/ci/ci-adapter.ts';
import { page, serve, type Reply } from './server.ts';
import { serveWoodpecker, token, woodpecker } from './woodpecker-server.ts';

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const unused = (): never => {
  throw new Error('not asked here');
};
const git = { listFiles: unused, readFile: unused, listChangedFiles: unused, mergeBase: unused, readCommit: unused };
const ci = (url: string, secret: string | null = token, repository = 'shop/parcels') =>
  createCi({
    forge: { findBranch: unused, listStatuses: unused },
    git,
    config: { kind: 'woodpecker', contexts: 'workflows', account: 'ci-bot', url, tokenFile: null, passwordFile: null, gitSecret: 'token' },
    log: quiet,
    token: () => secret,
    repository: { url: 'http://forge.test', repository, token: unused },
  });
const head = (digit: string) => asSha(digit.repeat(40));
const failed = (context = 'ci/woodpecker/pr/test', description = 'Pipeline failed'): CommitStatus => ({
  id: 1,
  context,
  state: 'failure',
  description,
  targetUrl: 'https://ci.example.org/repos/4/pipeline/21/1',
  creator: 'ci-bot',
});

describe('failures from Woodpecker', () => {
  it('I11, I12: each failed step of the failed workflow with its exit code and the lines of its log in order', async () => {
    const { url } = await serveWoodpecker();
    const [unit, lint, ...rest] = await ci(url).failures(head('a'), [failed()]);
    expect(rest).toEqual([]);
    const log = '+ npm test\nFAIL  test/money.test.ts\nexpected 1.01 to be 1.02 — rounding ½\n';
    expect(unit).toEqual({ context: 'ci/woodpecker/pr/test', step: 'unit', exitCode: 2, log, cause: 'change' });
    expect(lint).toMatchObject({ step: 'lint', exitCode: 1, cause: 'change' });
    expect(lint?.log.split('\n')).toEqual(Array.from({ length: 200 }, (_, i) => `warning ${i + 250}`));
  });

  it('I7: the newest pipeline of that commit and event counts, however many newer ones other commits have', async () => {
    const { url, seen } = await serveWoodpecker({ active: true, newer: 120 });
    expect(await ci(url).failures(head('a'), [failed()])).toHaveLength(2);
    const pages = seen.filter(({ path }) => path.includes('/pipelines?')).map(({ path }) => path);
    expect(pages).toEqual([1, 2, 3].map((n) => `/api/repos/4/pipelines?page=${n}&perPage=50`));
    expect(await ci(url).failures(head('a'), [failed('ci/woodpecker/push/test')])).toMatchObject([{ log: 'Pipeline failed', cause: 'change' }]);
  });

  it.each([
    ['getting the code', 'b', 'clone', 128, /Could not resolve host/],
    ['killed by a person', 'c', 'unit', null, /npm test/],
  ] as const)('I8: %s is no failure of the change', async (_, digit, step, exitCode, log) => {
    const { url } = await serveWoodpecker();
    expect(await ci(url).failures(head(digit), [failed()])).toEqual([
      { context: 'ci/woodpecker/pr/test', step, exitCode, log: expect.stringMatching(log) as string, cause: 'infra' },
    ]);
  });

  it('I8: neither is a step without memory, nor one whose image could not be had', async () => {
    const { url } = await serveWoodpecker();
    const found = await ci(url).failures(head('1'), [failed()]);
    expect(found.map(({ step, exitCode, cause }) => [step, exitCode, cause])).toEqual([
      ['unit', 137, 'infra'],
      ['e2e', null, 'infra'],
    ]);
    expect(found[1]?.log).toMatch(/TLS handshake timeout/);
  });

  it('a configuration that cannot be run is the failure of the change, warnings left out', async () => {
    const { url } = await serveWoodpecker();
    expect(await ci(url).failures(head('f'), [failed()])).toEqual([
      { context: 'ci/woodpecker/pr/test', step: 'config', exitCode: null, log: 'Invalid or missing image', cause: 'change' },
    ]);
  });

  it('a declined pipeline says that a person declined it', async () => {
    const { url } = await serveWoodpecker();
    expect(await ci(url).failures(head('d'), [failed()])).toMatchObject([{ step: 'approval', log: expect.stringMatching(/declined pipeline 25/) as string }]);
  });

  it.each([
    ['is blocked', 'e', 'ci/woodpecker/pr/test'],
    ['runs again by now', '2', 'ci/woodpecker/pr/test'],
    ['there is none yet', '8', 'ci/woodpecker/pr/test'],
    ['has no such workflow', 'a', 'ci/woodpecker/pr/gone'],
  ])('where the pipeline %s, the status is all there is', async (_, digit, context) => {
    const { url } = await serveWoodpecker();
    expect(await ci(url).failures(head(digit), [failed(context)])).toEqual([
      { context, step: context, exitCode: null, log: 'Pipeline failed', cause: 'change' },
    ]);
  });

  it('finds the failed one of a matrix', async () => {
    const { url } = await serveWoodpecker();
    expect(await ci(url).failures(head('3'), [failed('ci/woodpecker/pr/test/2')])).toMatchObject([{ step: 'unit', log: 'node 24: no' }]);
  });

  it('of a matrix with several red ones each context gets its own, by the order of the axes or by its address', async () => {
    const { url } = await serveWoodpecker();
    const [one, two] = [failed('ci/woodpecker/pr/test/1'), failed('ci/woodpecker/pr/test/2')];
    expect((await ci(url).failures(head('4'), [one, two])).map(({ context, log }) => [context, log])).toEqual([
      [one.context, 'node 22: no'],
      [two.context, 'node 24: no'],
    ]);
    const addressed = { ...failed('ci/test'), targetUrl: 'https://ci.example.org/repos/4/pipeline/32/2' };
    expect(await ci(url).failures(head('4'), [addressed])).toMatchObject([{ log: 'node 24: no' }]);
  });
});

describe('a log that cannot be read', () => {
  const logOf302 = (reply: Reply) => {
    const well = woodpecker();
    return serve((request) => (request.path.endsWith('/logs/21/302') ? reply : well(request)));
  };

  it.each<readonly [string, Reply, RegExp]>([
    ['500', { status: 500, body: 'connection timed out' }, /cannot be read: Woodpecker is in trouble .*500/],
    ['403', { status: 403, body: '' }, /cannot be read: Woodpecker refuses our token/],
    ['204', { status: 204, body: '' }, /cannot be read: Woodpecker answered something else than JSON .*204/],
    ['404', { status: 404, body: '' }, /has no log of this step/],
    ['something else', { status: 200, body: { lines: [] } }, /cannot be read: .*shape we do not know/],
    ['its login page', page, /cannot be read: .*web page/],
  ])('I2: (%s) holds no repair up: the step, its exit code and why there is no log are said', async (_, reply, why) => {
    const { url } = await logOf302(reply);
    const [unit, lint] = await ci(url).failures(head('a'), [failed()]);
    expect(unit).toEqual({ context: 'ci/woodpecker/pr/test', step: 'unit', exitCode: 2, log: expect.stringMatching(why) as string, cause: 'change' });
    expect(lint?.log).toMatch(/warning 449$/);
  });

  it('an odd entry costs no other line', async () => {
    const data = (text: string) => Buffer.from(text).toString('base64');
    const { url } = await logOf302({ status: 200, body: [{ data: data('a') }, { line: 1 }, { line: 2, data: data('c'), type: 0 }, { line: 3, data: 7 }] });
    expect((await ci(url).failures(head('a'), [failed()]))[0]?.log).toBe('a\n\nc\n');
  });

  it('because Woodpecker is away, or asks us to come later, is no answer', async () => {
    const well = woodpecker();
    let away: Reply | null = null;
    const { url } = await serve((request) => {
      if (request.path.includes('/logs/')) away = { status: 502, body: 'bad gateway' };
      return away ?? well(request);
    });
    await expect(ci(url).failures(head('a'), [failed()])).rejects.toMatchObject({ name: 'CiError', kind: 'unavailable', retryAfterSeconds: null });
    const busy = await logOf302({ status: 429, body: '', headers: { 'retry-after': '90' } });
    await expect(ci(busy.url).failures(head('a'), [failed()])).rejects.toMatchObject({ name: 'CiError', kind: 'rate-limited', retryAfterSeconds: 90 });
    const later = { date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:02:00 GMT' };
    const dated = await logOf302({ status: 429, body: '', headers: later });
    await expect(ci(dated.url).failures(head('a'), [failed()])).rejects.toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 120 });
  });
});

describe('re-runs', () => {
  it('restart each pipeline once, with neither body nor parameters (those would become variables or a deployment)', async () => {
    const { url, seen } = await serveWoodpecker();
    await ci(url).rerun(head('a'), ['ci/woodpecker/pr/test', 'ci/woodpecker/pr/docs']);
    const posted = seen.filter(({ method }) => method === 'POST');
    expect(posted).toEqual([{ method: 'POST', path: '/api/repos/4/pipelines/21', authorization: `Bearer ${token}`, body: '' }]);
  });
  it('leave alone what runs already, and say that a blocked one waits for a person', async () => {
    const { url, seen } = await serveWoodpecker();
    await ci(url).rerun(head('2'), ['ci/woodpecker/pr/test']);
    await expect(ci(url).rerun(head('e'), ['ci/woodpecker/pr/test'])).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/blocked: approve it/) as string,
    });
    expect(seen.some(({ method }) => method === 'POST')).toBe(false);
  });
});

describe('a Woodpecker that does not answer as it should', () => {
  it('refuses the token', async () => {
    const { url } = await serveWoodpecker();
    const refused = ci(url, 'wrong-token-42').failures(head('a'), [failed()]);
    await expect(refused).rejects.toMatchObject({ name: 'CiError', kind: 'config', message: expect.stringMatching(/token-file/) as string });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringMatching(/wrong-token-42/) as string });
  });
  it('has not activated the repository, or does not know it', async () => {
    const inactive = await serveWoodpecker({ active: false, newer: 0 });
    for (const adapter of [ci(inactive.url), ci(inactive.url, token, 'shop/other')])
      await expect(adapter.failures(head('a'), [failed()])).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringMatching(/activate the repository/) as string,
      });
  });
  it('answers with its login page: the address lacks a path, or is another site', async () => {
    const { url } = await serve(() => page);
    await expect(ci(url).failures(head('a'), [failed()])).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/web page instead of JSON/) as string,
    });
  });
  it('is another site altogether', async () => {
    const { url } = await serve(() => ({ status: 200, body: { id: 'x' } }));
    await expect(ci(url).failures(head('a'), [failed()])).rejects.toMatchObject({ kind: 'malformed' });
    const moved = await serve(() => ({ status: 302, body: '', headers: { location: 'https://elsewhere.example.org/' } }));
    await expect(ci(moved.url).failures(head('a'), [failed()])).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/elsewhere/) as string,
    });
    expect(moved.seen).toHaveLength(1);
  });
  it('is in trouble, or away; what was wrong is not kept', async () => {
    let broken = true;
    const well = woodpecker();
    const { url, stop } = await serve((request) => (broken ? { status: 502, body: 'bad gateway' } : well(request)));
    const adapter = ci(url);
    await expect(adapter.failures(head('a'), [failed()])).rejects.toMatchObject({ kind: 'unavailable' });
    broken = false;
    expect(await adapter.failures(head('a'), [failed()])).toHaveLength(2);
    await stop();
    await expect(adapter.failures(head('a'), [failed()])).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/is it running/) as string,
    });
  });
});
