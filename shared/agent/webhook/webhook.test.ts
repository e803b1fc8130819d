import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { WakeEvent } from '#agent';
import { silentLog } from '../../log/pino.ts';
import { createSeen } from './seen.ts';
import { startWebhookReceiver } from './webhook.ts';
import type { WebhookReceiver } from './webhook.ts';
import { wakeEventOf } from './event.ts';
import type { WebhookFacts } from './event.ts';

const secret = 'a webhook secret';
const sha = 'a'.repeat(40);
const receivers: WebhookReceiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function setUp() {
  const woken: { event: WakeEvent; facts: WebhookFacts; delivery: string }[] = [];
  const onWake = (event: WakeEvent, facts: WebhookFacts, delivery: string): void => void woken.push({ event, facts, delivery });
  const receiver = await startWebhookReceiver({ listen: { host: '127.0.0.1', port: 0 }, secret, log: silentLog, onWake });
  receivers.push(receiver);
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const all = { 'x-gitea-event': 'issues', 'x-gitea-event-type': 'issue_label', 'x-gitea-delivery': 'd1', 'x-gitea-signature': signature, ...headers };
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
    expect(woken).toEqual([{ event: 'issues', facts, delivery: 'd1' }]);
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
    ['no repository', '{}', {}, 400],
    ['more than a mebibyte', 'x'.repeat(1_048_577), {}, 413],
  ])('refuses %s', async (_name, body, headers, status) => {
    const { post, woken } = await setUp();
    expect((await post(body, headers)).status).toBe(status);
    expect(woken).toEqual([]);
  });

  it('a replayed delivery wakes nobody a second time', async () => {
    const { post, woken } = await setUp();
    await post(issue);
    expect(await post(issue)).toEqual({ status: 200, text: 'known already\n' });
    expect(woken).toHaveLength(1);
  });

  it('answers events that nobody waits for, and other methods', async () => {
    const { post, woken, receiver } = await setUp();
    expect((await post(issue, { 'x-gitea-event-type': 'wiki', 'x-gitea-event': 'wiki' })).status).toBe(200);
    expect((await fetch(receiver.url)).status).toBe(405);
    expect(woken).toEqual([]);
  });

  it('says so when the port is in use', async () => {
    const { receiver } = await setUp();
    const listen = { host: '127.0.0.1', port: Number(new URL(receiver.url).port) };
    await expect(startWebhookReceiver({ listen, secret, log: silentLog, onWake: () => {} })).rejects.toThrow('EADDRINUSE');
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

it('remembers the newest ids only', () => {
  const seen = createSeen(2);
  expect([seen.add('a'), seen.add('b'), seen.add('a'), seen.add('c'), seen.add('a'), seen.add('c')]).toEqual([true, true, false, true, true, false]);
});
