import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '#clock';
import { ForgeError } from '#forge';
import type { Log } from '#log';
import { type Http, createHttp } from './http.ts';
import type { Call } from './wire.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };
const token = 'tok-4711-secret';
const get: Call = { method: 'GET', path: '/thing', body: null };
const post: Call = { method: 'POST', path: '/thing', body: { a: 1 } };

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server whose n-th request is answered by the n-th handler (the last one stays). */
async function serve(...handlers: Handler[]): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    handlers[Math.min(seen.length, handlers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Real requests on a clock whose pauses take no time; `passed` is how long it says has gone by. */
function createTestClock(): Clock & { passed: number; pauses: number[]; timeouts: (() => void)[] } {
  const clock = {
    passed: 0,
    pauses: [] as number[],
    timeouts: [] as (() => void)[],
    now: () => new Date(1_000_000_000_000 + clock.passed),
    monotonic: () => clock.passed,
    sleep: (ms: number) => {
      clock.pauses.push(ms);
      clock.passed += ms;
      return Promise.resolve();
    },
    after: (_: number, fire: () => void) => {
      clock.timeouts.push(fire);
      return () => {};
    },
  };
  return clock;
}

function client(url: string, more: Partial<Parameters<typeof createHttp>[0]> = {}): { http: Http; clock: ReturnType<typeof createTestClock> } {
  const clock = createTestClock();
  const chance = { id: (kind: string) => kind, random: () => 0.5, secret: () => 'ff' };
  return { http: createHttp({ url, token: () => token, timeoutSeconds: 5, clock, chance, log: silent, ...more }), clock };
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const ok = answer(200, { ok: true });

async function failure(promise: Promise<unknown>): Promise<ForgeError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ForgeError);
  return error as ForgeError;
}

describe('a call', () => {
  it('carries the token and JSON, and counts', async () => {
    const { url, seen } = await serve(ok);
    const { http } = client(`${url}/`);
    expect((await http.send(post)).body).toBe('{"ok":true}');
    expect(seen[0]?.headers).toMatchObject({ authorization: `token ${token}`, 'content-type': 'application/json' });
    expect(http.calls()).toBe(1);
    expect(http.time()).toBeInstanceOf(Date);
  });

  it('returns an expected status as an answer', async () => {
    const { url } = await serve(answer(409, { message: 'exists' }));
    expect((await client(url).http.send(post, [409])).status).toBe(409);
  });

  it.each([
    [401, 'auth'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [412, 'conflict'],
    [422, 'invalid'],
    [423, 'forbidden'],
    [301, 'not-found'],
    [501, 'unavailable'],
  ] as const)('turns %i into %s at once', async (status, kind) => {
    const { url, seen } = await serve(answer(status, { message: 'the reason' }));
    const error = await failure(client(url).http.send(get));
    expect(error).toMatchObject({ kind, status });
    expect(error.message).toContain('the reason');
    expect(seen).toHaveLength(1);
  });

  it('never shows the token, even when the forge repeats it', async () => {
    const { url } = await serve(answer(422, { message: `bad header token ${token}` }));
    const error = await failure(client(url).http.send(get));
    expect(error.message).toContain('bad header token ***');
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(token);
  });

  it.each(['', 'two\nlines', 'töken'])('refuses the token %j without a request', async (bad) => {
    const { url, seen } = await serve(ok);
    const error = await failure(client(url, { token: () => bad }).http.send(get));
    expect(error.kind).toBe('auth');
    if (bad !== '') expect(error.message).not.toContain(bad);
    expect(seen).toHaveLength(0);
  });
});

describe('repeating', () => {
  it('a GET goes on after 502 with growing, jittered pauses', async () => {
    const { url, seen } = await serve(answer(502, '<html>'), answer(503, ''), ok);
    const { http, clock } = client(url);
    await http.send(get);
    expect(seen).toHaveLength(3);
    expect(clock.pauses).toEqual([188, 375]);
    expect(http.calls()).toBe(3);
  });

  it('ends after a bounded number of attempts', async () => {
    const { url, seen } = await serve(answer(500, { message: 'database is locked' }));
    const error = await failure(client(url).http.send(get));
    expect(error).toMatchObject({ kind: 'unavailable', status: 500 });
    expect(error.message).toContain('database is locked');
    expect(seen).toHaveLength(4);
  });

  it('a POST that the forge may have carried out is not sent twice', async () => {
    const { url, seen } = await serve(answer(502, ''));
    expect((await failure(client(url).http.send(post))).kind).toBe('unavailable');
    expect(seen).toHaveLength(1);
  });

  it('a POST is sent again when nothing listened', async () => {
    const { http } = client('http://127.0.0.1:1');
    expect((await failure(http.send(post))).kind).toBe('unavailable');
    expect(http.calls()).toBe(4);
  });

  it('429 waits as long as Retry-After says, for a POST too', async () => {
    const { url, seen } = await serve(answer(429, '', { 'retry-after': '3' }), answer(429, '', { 'retry-after': '1' }), ok);
    const { http, clock } = client(url);
    await http.send(post);
    expect(seen).toHaveLength(3);
    expect(clock.pauses).toEqual([3000, 1000]);
  });

  it('a Retry-After beyond patience fails at once and says so', async () => {
    const { url, seen } = await serve(answer(429, '', { 'retry-after': '900' }));
    expect(await failure(client(url).http.send(get))).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 900 });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['1.5', [1500, 1500]],
    ['0', [188, 375]],
    ['-5', [188, 375]],
    ['soon', [188, 375]],
    ['Sun, 06 Nov 1994 08:49:37 GMT', [188, 375]],
  ])('a Retry-After of %j never makes the pause shorter than the usual one', async (text, pauses) => {
    const { url } = await serve(answer(429, '', { 'retry-after': text }), answer(429, '', { 'retry-after': text }), ok);
    const { http, clock } = client(url);
    await http.send(post);
    expect(clock.pauses).toEqual(pauses);
  });

  it('honours a Retry-After that is a date, by the clock of the forge', async () => {
    // Their clock goes ten minutes late, and they say when by that clock.
    const theirs = 1_000_000_000_000 - 600_000;
    const headers = { date: new Date(theirs).toUTCString(), 'retry-after': new Date(theirs + 4000).toUTCString() };
    const { url } = await serve(answer(503, '', headers), ok);
    const { http, clock } = client(url);
    await http.send(get);
    expect(clock.pauses).toEqual([4000]);
  });
});

describe('a broken connection', () => {
  it('half an answer is no answer: a GET is asked again', async () => {
    const half: Handler = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('[{"number":1}', () => response.destroy());
    };
    const { url, seen } = await serve(half, ok);
    expect((await client(url).http.send(get)).body).toBe('{"ok":true}');
    expect(seen).toHaveLength(2);
  });

  it('a reset after a POST is unavailable and not repeated', async () => {
    const { url, seen } = await serve((request) => request.socket.resetAndDestroy());
    expect(await failure(client(url).http.send(post))).toMatchObject({ kind: 'unavailable', status: null });
    expect(seen).toHaveLength(1);
  });

  it('a forge that accepts and says nothing ends by the time limit', async () => {
    const { url } = await serve(() => clock.timeouts.splice(0).forEach((fire) => fire()));
    const { http, clock } = client(url);
    const error = await failure(http.send(post));
    expect(error.kind).toBe('unavailable');
    expect(error.message).toContain('no whole answer within 5 s');
  });
});

describe('the circuit', () => {
  const circuit = { failures: 3, openSeconds: 10, longestOpenSeconds: 15, patienceSeconds: 20 };
  const down = answer(503, '');

  it('opens after failures in a row; calls then fail at once, without a request', async () => {
    const { url, seen } = await serve(down);
    const { http } = client(url, { circuit });
    await failure(http.send(get));
    expect(seen).toHaveLength(3);
    const error = await failure(http.send(get));
    expect(error).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 10 });
    expect(seen).toHaveLength(3);
  });

  it('lets one probe through, closes when it is answered', async () => {
    const { url, seen } = await serve(down, down, down, ok);
    const { http, clock } = client(url, { circuit });
    await failure(http.send(get));
    clock.passed += 10_000;
    const [probe, beside] = await Promise.allSettled([http.send(get), http.send(get)]);
    expect([probe.status, beside.status]).toEqual(['fulfilled', 'rejected']);
    await http.send(get);
    expect(seen).toHaveLength(5);
  });

  it('stays open longer, bounded, when the probe fails', async () => {
    const { url, seen } = await serve(down);
    const { http, clock } = client(url, { circuit });
    await failure(http.send(get));
    clock.passed += 10_000;
    await failure(http.send(get));
    expect(seen).toHaveLength(4);
    expect((await failure(http.send(get))).retryAfterSeconds).toBe(15);
  });

  it('a storm of 429 opens it too, and is called what it is', async () => {
    const { url, seen } = await serve(answer(429, ''));
    const { http, clock } = client(url, { circuit });
    await failure(http.send(get));
    expect(seen).toHaveLength(3);
    expect(await failure(http.send(get))).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 10 });
    clock.passed += 10_000;
    await failure(http.send(get));
    expect(seen).toHaveLength(4);
  });

  it('a Retry-After beyond patience holds back every call until then', async () => {
    const { url, seen } = await serve(answer(429, '', { 'retry-after': '900' }), ok);
    const { http, clock } = client(url, { circuit });
    await failure(http.send(get));
    clock.passed += 899_000;
    expect(await failure(http.send(post))).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 1 });
    expect(seen).toHaveLength(1);
    clock.passed += 1000;
    await http.send(get);
  });

  it('a refusal counts as an answer', async () => {
    const { url, seen } = await serve(down, answer(404, ''), down, answer(404, ''), down, answer(404, ''), ok);
    const { http } = client(url, { circuit });
    for (let turn = 0; turn < 3; turn += 1) await failure(http.send(get));
    await http.send(get);
    expect(seen).toHaveLength(7);
  });
});
