import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Log } from '#log';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createForge } from '../../../shared/forge/forgejo.ts';

/** Answers that some version of Forgejo or Gitea gives and the embedded forge does not. */

type Reply = readonly [status: number, body: unknown];

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };
const head = asSha('a'.repeat(40));
const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

/** A forge that answers `METHOD path` (below the repository) from a table, in turn when there are several replies. */
async function odd(table: Readonly<Record<string, Reply | readonly Reply[]>>): Promise<{ forge: Forge; bodies: unknown[] }> {
  const bodies: unknown[] = [];
  const turns = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const key = `${request.method} ${(request.url ?? '').replace('/api/v1/repos/o/r', '').replace(/\?.*/, '')}`;
    const text = await bodyOf(request);
    if (text !== '') bodies.push(JSON.parse(text));
    const listed = table[key] ?? [404, { message: 'not in the table' }];
    const replies = (Array.isArray(listed[0]) ? listed : [listed]) as readonly Reply[];
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    const [status, body] = replies[Math.min(turn, replies.length - 1)] ?? [500, ''];
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ports = { clock: systemClock, chance: systemChance, log: silent };
  return { forge: createForge({ url, repository: 'o/r', token: () => 't', timeoutSeconds: 5, ...ports }), bodies };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-02T03:04:05+02:00' };
const issue = { number: 1, title: 'T', body: null, user: null, state: 'open', labels: null, assignees: null, ...times };
const end = (ref: string, repo: number): object => ({ ref, label: 'fix/issue-1', sha: head, repo_id: repo });
const pull = { ...issue, merged: false, head: end('fix/issue-1', 1), base: end('main', 1), merge_commit_sha: null, merged_by: null };
const merge = { head, title: 't', message: 'm' };

describe('fields', () => {
  it('that are null count as empty', async () => {
    const { forge } = await odd({ 'GET /issues/1': [200, issue] });
    expect(await forge.findIssue(1)).toMatchObject({ author: '', body: '', assignees: [], comments: 0, updatedAt: new Date('2026-01-02T01:04:05Z') });
  });

  it.each([
    ['a date', { ...issue, updated_at: 'yesterday' }, 'updated_at'],
    ['a number', { ...issue, number: '1' }, 'number'],
    ['labels', { ...issue, labels: [{ id: 1 }] }, 'labels.0.name'],
  ])('that must be there: %s', async (_, body, path) => {
    const { forge } = await odd({ 'GET /issues/1': [200, body] });
    await expect(forge.findIssue(1)).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining(path) });
  });

  it('a page of HTML is malformed, an object is no list, null is an empty one', async () => {
    const { forge } = await odd({ 'GET /issues/1': [200, '<html>'], 'GET /issues/1/comments': [200, {}], 'GET /issues/2/comments': [200, 'null'] });
    await expect(forge.findIssue(1)).rejects.toMatchObject({ kind: 'malformed' });
    await expect(forge.listComments(1)).rejects.toMatchObject({ kind: 'malformed' });
    expect(await forge.listComments(2)).toEqual([]);
  });
});

describe('pull requests', () => {
  it('keep the branch name when the branch is gone', async () => {
    const { forge } = await odd({ 'GET /pulls/1': [200, { ...pull, head: end('refs/pull/1/head', 1) }] });
    expect((await forge.findPullRequest(1))?.branch).toBe('fix/issue-1');
  });

  it('from a fork never look like a branch of ours', async () => {
    const { forge } = await odd({ 'GET /pulls/1': [200, { ...pull, head: { ...end('fix/issue-1', 7), repo: { owner: { login: 'eve' } } } }] });
    expect((await forge.findPullRequest(1))?.branch).toBe('eve:fix/issue-1');
  });

  it('need a head while open; a closed one may have lost it', async () => {
    const lost = { ...pull, head: { ...end('fix/issue-1', 1), sha: '' } };
    const { forge } = await odd({ 'GET /pulls/1': [200, lost], 'GET /pulls/2': [200, { ...lost, state: 'closed' }] });
    await expect(forge.findPullRequest(1)).rejects.toMatchObject({ kind: 'malformed' });
    expect((await forge.findPullRequest(2))?.head).toBe('0'.repeat(40));
  });
});

describe('merging', () => {
  it.each([
    ['Forgejo: 405 without a word, and it is merged', [405, ''], { kind: 'already-merged' }],
    ['merged, in words', [405, { message: 'The PR is already merged' }], { kind: 'already-merged' }],
    ['still computing', [405, { message: 'Please try again later' }], { kind: 'try-again' }],
    ['the base moved under the push', [409, { message: 'merge push out of date' }], { kind: 'try-again' }],
    ['the head moved', [409, { message: 'head out of date' }], { kind: 'head-moved' }],
    ['a conflict, as a bare object', [409, { Style: 'merge', StdErr: 'CONFLICT' }], { kind: 'conflict' }],
    ['a hook refuses', [409, { message: 'PushRejected without remote error message' }], { kind: 'blocked' }],
    ['a rule refuses', [405, { message: 'Does not have enough approvals' }], { kind: 'blocked', why: 'Does not have enough approvals' }],
  ] as const)('%s', async (_, reply, expected) => {
    const { forge } = await odd({ 'POST /pulls/1/merge': reply, 'GET /pulls/1': [200, { ...pull, state: 'closed', merged: true, merge_commit_sha: head }] });
    expect(await forge.mergePullRequest(1, merge)).toMatchObject(expected);
  });

  it('a token without the scope is an error, not a rule', async () => {
    const { forge } = await odd({ 'POST /pulls/1/merge': [403, { message: 'token does not have at least one of required scope(s)' }] });
    await expect(forge.mergePullRequest(1, merge)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('reviews', () => {
  const draft = { verdict: 'changes-requested', head, body: 'See below.' } as const;
  const posted = { id: 1, state: 'REQUEST_CHANGES', user: { login: 'r' }, commit_id: head, body: '', submitted_at: times.created_at };
  const diff = 'diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1,2 +1,3 @@\n one\n+new\n two\n';
  const comments = [
    { path: 'a.ts', line: 2, body: 'On it' },
    { path: 'a.ts', line: 40, body: 'Off it' },
  ];

  it('a comment off the diff goes into the body before the forge sees it', async () => {
    const { forge, bodies } = await odd({ 'POST /pulls/1/reviews': [200, posted], 'GET /pulls/1.diff': [200, diff] });
    expect(await forge.submitReview(1, { ...draft, comments })).toBe('submitted');
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toEqual({
      event: 'REQUEST_CHANGES',
      commit_id: head,
      body: 'See below.\n\nOn lines outside the diff:\n\n- `a.ts:40`: Off it',
      comments: [{ path: 'a.ts', new_position: 2, body: 'On it' }],
    });
  });

  it('comments that the forge refuses all the same go into the body', async () => {
    const refusal = [422, { message: 'no comments today' }] as const;
    const { forge, bodies } = await odd({ 'POST /pulls/1/reviews': [refusal, [200, posted]], 'GET /pulls/1.diff': [200, diff] });
    expect(await forge.submitReview(1, { ...draft, comments })).toBe('submitted');
    expect(bodies[1]).toMatchObject({ body: 'See below.\n\nOn lines outside the diff:\n\n- `a.ts:2`: On it\n- `a.ts:40`: Off it', comments: [] });
  });

  it("a review that stays refused is an error with the forge's words", async () => {
    const { forge } = await odd({ 'POST /pulls/1/reviews': [422, { message: 'body too long' }], 'GET /pulls/1.diff': [200, diff] });
    await expect(forge.submitReview(1, { ...draft, comments })).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('body too long') });
  });

  it('pending ones and requests for one are not reviews', async () => {
    const others = ['PENDING', 'REQUEST_REVIEW'].map((state, at) => ({ ...posted, id: at + 2, state, commit_id: '' }));
    const { forge } = await odd({
      'GET /pulls/1/reviews': [
        [200, [...others, posted]],
        [200, []],
      ],
    });
    expect((await forge.listReviews(1)).map((each) => each.id)).toEqual([1]);
  });
});
