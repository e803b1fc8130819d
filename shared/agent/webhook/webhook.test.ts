import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from 'node:net';
import type { WakeEvent } from '#agent';
import { LedgerError } from '#ledger';
import { silentLog } from '../../log/pino.ts';
import { startWebhookReceiver } from './webhook.ts';
import type { WebhookReceiver, Woken } from './webhook.ts';
import type { DeliveryMark } from './delivery.ts';
import { wakeEventOf } from './event.ts';
import type { WebhookFacts } from './event.ts';

const secret = 'a webhook secret';
const sha = 'a'.repeat(40);
const receivers: WebhookReceiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function setUp(answer: () => Woken = () => 'woken') {
  const woken: { event: WakeEvent; facts: WebhookFacts; delivery: DeliveryMark }[] = [];
  const onWake = (event: WakeEvent, facts: WebhookFacts, delivery: DeliveryMark): Woken => {
    woken.push({ event, facts, delivery });
    return answer();
  };
  const receiver = await startWebhookReceiver({ listen: { host: '127.0.0.1', port: 0 }, secret, log: silentLog, onWake });
  receivers.push(receiver);
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const all = {
      'content-type': 'application/json',
      'x-gitea-event': 'issues',
      'x-gitea-event-type': 'issue_label',
      'x-gitea-delivery': 'd1',
      'x-gitea-signature': signature,
      ...headers,
    };
    const response = await fetch(receiver.url, { method: 'POST', body, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')) });
    return { status: response.status, text: await response.text() };
  };
  return { woken, post, receiver };
}

const issue = JSON.stringify({ action: 'label_updated', repository: { full_name: 'acme/widgets' }, issue: { number: 7 }, sender: { login: 'maintainer' } });

describe('startWebhookReceiver', () => {
  it('hands on what a signed delivery says, by its finer event name', async () => {
    const { post, woken } = await setUp();
    expect((await post(issue)).status).toBe(202);
    const facts = { repository: 'acme/widgets', number: 7, sha: null, action: 'label_updated', ref: null, state: null, sender: 'maintainer' };
    expect(woken).toEqual([{ event: 'issues', facts, delivery: { id: 'd1', digest: createHash('sha256').update(issue).digest('hex') } }]);
  });

  it.each([
    ['pull_request_sync', { pull_request: { number: 9, head: { sha } } }, 'pull-request', 9, sha],
    ['status', { sha, context: 'ci/test' }, 'status', null, sha],
    ['push', { after: sha, ref: 'refs/heads/main' }, 'push', null, sha],
    ['pull_request_review_approved', { pull_request: { number: 9 }, number: 9 }, 'review', 9, null],
  ])('understands %s', async (name, body, event, number, head) => {
    const { post, woken } = await setUp();
    await post(JSON.stringify({ repository: { full_name: 'a/b' }, ...body }), { 'x-gitea-event-type': name });
    expect(woken).toMatchObject([{ event, facts: { number, sha: head, sender: null } }]);
  });

  it('takes the signature as X-Hub-Signature-256 or X-Forgejo-Signature too', async () => {
    const { post } = await setUp();
    const signature = createHmac('sha256', secret).update(issue).digest('hex');
    expect((await post(issue, { 'x-gitea-signature': '', 'x-hub-signature-256': `sha256=${signature}` })).status).toBe(202);
    expect((await post(issue, { 'x-gitea-signature': '', 'x-forgejo-signature': signature, 'x-forgejo-delivery': 'd2' })).status).toBe(202);
  });

  it.each([
    ['no signature', issue, { 'x-gitea-signature': '' }, 401],
    ['a wrong signature', issue, { 'x-gitea-signature': 'ab'.repeat(32) }, 401],
    ['a signature that is no hex', issue, { 'x-gitea-signature': 'zz' }, 401],
    ['no delivery id', issue, { 'x-gitea-delivery': '' }, 400],
    ['no JSON', 'payload=1', {}, 400],
    ['a delivery id without end', issue, { 'x-gitea-delivery': 'd'.repeat(201) }, 400],
    ['no content type', issue, { 'content-type': '' }, 415],
    ['a form', `payload=${encodeURIComponent(issue)}`, { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['another type that begins alike', issue, { 'content-type': 'application/jsonp' }, 415],
    ['no repository', '{}', {}, 400],
    ['more than a mebibyte', 'x'.repeat(1_048_577), {}, 413],
  ])('refuses %s', async (_name, body, headers, status) => {
    const { post, woken } = await setUp();
    expect((await post(body, headers)).status).toBe(status);
    expect(woken).toEqual([]);
  });

  it.each([
    ['woken', 202, 'accepted'],
    ['known', 200, 'known already'],
    ['nobody', 200, 'nobody here waits for issue_label of acme/widgets'],
  ] as const)('answers what became of it: %s', async (became, status, text) => {
    const { post } = await setUp(() => became);
    expect(await post(issue, { 'content-type': 'application/json; charset=utf-8' })).toEqual({ status, text: `${text}\n` });
  });

  it('says to a form what to choose', async () => {
    const { post } = await setUp();
    expect((await post('payload=1', { 'content-type': 'application/x-www-form-urlencoded' })).text).toContain(
      'set the content type of the webhook to application/json',
    );
  });

  it('a delivery that cannot be recorded is answered 503, and the same one is taken when it can', async () => {
    let full = true;
    const { post, woken } = await setUp(() => {
      if (full) throw new LedgerError('full', 'the disk is full');
      return 'woken';
    });
    expect((await post(issue)).status).toBe(503);
    full = false;
    expect((await post(issue)).status).toBe(202);
    expect(woken.map((each) => each.delivery.id)).toEqual(['d1', 'd1']);
  });

  it('answers events that nobody waits for, and other methods', async () => {
    const { post, woken, receiver } = await setUp();
    expect((await post(issue, { 'x-gitea-event-type': 'wiki', 'x-gitea-event': 'wiki' })).status).toBe(200);
    expect((await fetch(receiver.url)).status).toBe(405);
    expect(woken).toEqual([]);
  });

  it('cuts off who sends half a request, and answers others meanwhile', async () => {
    const { post, receiver, woken } = await setUp();
    const { port } = new URL(receiver.url);
    const closed = ['POST / HTTP/1.1\r\nhost: a\r\n', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half'].map(
      (text) =>
        new Promise<void>((resolve) => {
          const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
          socket.resume();
          socket.once('error', () => 'a reset is an end too');
          socket.once('close', () => resolve());
        }),
    );
    expect((await post(issue)).status).toBe(202);
    await Promise.all(closed);
    expect(woken).toHaveLength(1);
  });

  it('holds a bounded number of connections: who says nothing goes before who delivers', async () => {
    const { post, receiver } = await setUp();
    const { port } = new URL(receiver.url);
    const sockets = Array.from({ length: 200 }, () => connect(Number(port), '127.0.0.1').on('error', () => 'reset'));
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    let closed = 0;
    for (const socket of sockets) socket.resume().once('close', () => (closed += 1));
    await expect.poll(() => closed).toBe(200 - 64);
    expect((await post(issue)).status).toBe(202);
  });

  it('says so when the port is in use', async () => {
    const { receiver } = await setUp();
    const listen = { host: '127.0.0.1', port: Number(new URL(receiver.url).port) };
    await expect(startWebhookReceiver({ listen, secret, log: silentLog, onWake: () => 'nobody' })).rejects.toThrow('EADDRINUSE');
  });
});

it.each([
  ['issues', 'issues'],
  ['issue_assign', 'issues'],
  ['issue_comment', 'comment'],
  ['pull_request_comment', 'comment'],
  ['pull_request', 'pull-request'],
  ['pull_request_label', 'pull-request'],
  ['pull_request_review_request', 'pull-request'],
  ['pull_request_review_rejected', 'review'],
  ['pull_request_rejected', 'review'],
  ['pull_request_review_comment', 'review'],
  ['delete', 'push'],
  ['release', null],
])('event %s wakes those who wait for %s', (name, event) => {
  expect(wakeEventOf(name)).toBe(event);
});
