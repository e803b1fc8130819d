import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { commitFile, git, merge, pullRequest, stage } from './harness.ts';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: any;
}

/** A receiver that answers `status(n)` to the n-th delivery. */
async function receiver(status: (count: number) => number = () => 204): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      heard.push({ headers: request.headers, raw, body: JSON.parse(raw) });
      response.writeHead(status(heard.length)).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
}

const types = (heard: readonly Heard[]): string[] =>
  heard.map(
    ({ headers, body }) => `${String(headers['x-gitea-event'])}/${String(headers['x-gitea-event-type'])}${body.action === undefined ? '' : ` ${body.action}`}`,
  );

it('signs deliveries and names the coarse and the finer event', async () => {
  const on = await stage();
  const { url, heard } = await receiver();
  const events = ['push', 'create', 'delete', 'issues', 'issue_label', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_sync', 'status'];
  const made = await on.as.maintainer('POST', 'R/hooks', { type: 'gitea', active: true, events, config: { url, content_type: 'json', secret: 'hush' } });
  expect([made.status, JSON.stringify(made.body).includes('hush')]).toEqual([201, false]);
  const label = (await on.as.dev('POST', 'R/labels', { name: 'a', color: 'fff' })).body.id;
  await on.as.dev('POST', 'R/issues', { title: 't', labels: [] });
  await on.as.dev('POST', 'R/issues/1/labels', { labels: [label] });
  await on.as.dev('PATCH', 'R/issues/1', { assignees: ['dev'] });
  await on.as.dev('POST', 'R/issues/1/comments', { body: 'hello' });
  await on.forge.delivered();
  expect(types(heard)).toEqual([
    'issues/issues opened',
    'issues/issue_label label_updated',
    'issues/issue_assign assigned',
    'issue_comment/issue_comment created',
  ]);
  for (const { headers, raw, body } of heard) {
    const signature = createHmac('sha256', 'hush').update(raw).digest('hex');
    expect([headers['x-gitea-signature'], headers['x-forgejo-signature'], headers['x-hub-signature-256']]).toEqual([
      signature,
      signature,
      `sha256=${signature}`,
    ]);
    expect([body.repository.full_name, body.sender.login, body.issue.number]).toEqual(['demo/app', 'dev', 1]);
  }
});

it('tells the life of a pull request: push, open, review, status, sync, merge, deletion', async () => {
  const on = await stage();
  const { url, heard } = await receiver();
  on.forge.seed.createHook('demo/app', { url, secret: '', events: ['push', 'create', 'delete', 'pull_request', 'status'] });
  const pull = await pullRequest(on);
  await on.as.merger('POST', `R/pulls/${pull.number}/reviews`, { event: 'APPROVED', body: 'yes' });
  await on.as.ci('POST', `R/statuses/${pull.head}`, { context: 'ci/a', state: 'success' });
  const head = await commitFile(pull.clone, 'b.txt', 'b\n');
  await git(pull.clone, 'push', '--quiet', 'origin', pull.branch);
  await merge(on, pull.number, 'merger', { delete_branch_after_merge: true });
  await on.forge.delivered();
  expect(types(heard)).toEqual([
    'create/create',
    'push/push',
    'pull_request/pull_request opened',
    'pull_request_approved/pull_request_review_approved reviewed',
    'status/status',
    'pull_request/pull_request_sync synchronized',
    'push/push',
    'pull_request/pull_request closed',
    'push/push',
    'delete/delete',
  ]);
  expect(heard[4]?.body).toMatchObject({ sha: pull.head, state: 'success', context: 'ci/a', commit: { id: pull.head } });
  expect(heard[6]?.body).toMatchObject({
    ref: 'refs/heads/fix/issue-1',
    before: pull.head,
    after: head,
    total_commits: 1,
    commits: [{ id: head, message: 'Write b.txt\n' }],
  });
  expect(heard[7]?.body.pull_request).toMatchObject({ merged: true, number: pull.number });
  expect(heard[8]?.body).toMatchObject({ ref: 'refs/heads/main', pusher: { login: 'merger' } });
});

it('says nothing about refs that are neither branch nor tag', async () => {
  const on = await stage();
  const { url, heard } = await receiver();
  on.forge.seed.createHook('demo/app', { url, secret: 's', events: ['push', 'create'] });
  const clone = await on.clone('dev');
  await commitFile(clone, 'x.txt', 'x\n');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/disinto/claims/1', 'HEAD:refs/notes/disinto');
  await on.forge.delivered();
  expect(heard).toEqual([]);
});

it('tries a failed delivery again, with the same id, and gives up in the end', async () => {
  const on = await stage();
  const { url, heard } = await receiver((count) => (count === 2 ? 204 : 500));
  on.forge.seed.createHook('demo/app', { url, secret: 's', events: ['issues'] });
  await on.as.dev('POST', 'R/issues', { title: 'second try works' });
  await on.forge.delivered();
  expect(heard.map(({ headers }) => headers['x-gitea-delivery'])).toEqual(Array(2).fill(heard[0]?.headers['x-gitea-delivery']));
  await on.as.dev('POST', 'R/issues', { title: 'no try works' });
  await on.forge.delivered();
  expect(heard).toHaveLength(5);
});

it('replaces a hook whose receiver moved to another port', async () => {
  const on = await stage();
  for (const port of [1, 2]) on.forge.seed.createHook('demo/app', { url: `http://127.0.0.1:${port}/hook?agent=dev`, secret: 's', events: ['push'] });
  on.forge.seed.createHook('demo/app', { url: 'http://127.0.0.1:2/hook?agent=ci', secret: 's', events: ['push'] });
  const hooks = (await on.as.maintainer('GET', 'R/hooks')).body;
  expect(hooks.map((hook: { config: { url: string } }) => hook.config.url)).toEqual(['http://127.0.0.1:2/hook?agent=dev', 'http://127.0.0.1:2/hook?agent=ci']);
  expect((await on.as.dev('GET', 'R/hooks')).status).toBe(403);
  expect((await on.as.maintainer('PATCH', `R/hooks/${hooks[0].id}`, { active: false })).body.active).toBe(false);
  expect((await on.as.maintainer('DELETE', `R/hooks/${hooks[1].id}`)).status).toBe(204);
  expect((await on.as.maintainer('POST', 'R/hooks', { type: 'gitea', config: { url: 'nowhere', content_type: 'json' } })).status).toBe(422);
});
