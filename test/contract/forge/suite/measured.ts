import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';
import { type Account, type Answer, type TestRepository, source } from '../world.ts';

const json = <T>(answer: Answer): T => JSON.parse(answer.body) as T;
const basic = (login: string, password: string): string => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

/** A pull request of dev's that changes line 2 of src/a.ts; its head is returned. */
export async function openPull(repository: TestRepository, body = ''): Promise<string> {
  const head = await repository.push('dev', 'fix/issue-1', { 'src/a.ts': source({ 2: 'TWO' }) });
  const made = await repository.raw('dev', 'POST', 'pulls', { head: 'fix/issue-1', base: 'main', title: 'Two', body });
  if (head === null || made.status !== 201) throw new Error(`no pull request: ${made.status} ${made.body}`);
  return head;
}

/** What was measured on real forges about accounts, issues, lists and refs: each row of the table as it was seen, past the adapter. */
export function measuredContract({ make }: Contract): void {
  describe('as measured', () => {
    let repository: TestRepository;
    beforeAll(async () => {
      repository = await make();
    });
    const raw = (account: Account, method: string, path: string, body?: unknown): Promise<Answer> => repository.raw(account, method, path, body);
    const status = async (...asked: Parameters<typeof raw>): Promise<number> => (await raw(...asked)).status;

    it('setting up answers 201 to users, repositories, labels and issues, 204 to collaborators, 200 to labels of an issue', async () => {
      const [login, password] = [`person-${randomUUID().slice(0, 8)}`, randomUUID()];
      const user = { username: login, password, email: `${login}@example.org`, must_change_password: false };
      expect((await repository.api('admin', 'POST', 'admin/users', user)).status).toBe(201);
      const minted = await fetch(`${repository.url}/api/v1/users/${login}/tokens`, {
        method: 'POST',
        headers: { authorization: basic(login, password), 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'first', scopes: ['write:repository', 'write:issue', 'read:user', 'write:user'] }),
      });
      expect(minted.status).toBe(201);
      const { sha1: token } = (await minted.json()) as { sha1: string };
      const ask = async (method: string, path: string, body: unknown): Promise<number> => (await repository.api({ token }, method, path, body)).status;
      const answers = [
        await ask('POST', 'user/repos', { name: 'fresh', auto_init: true }),
        await ask('PUT', `repos/${login}/fresh/collaborators/dev`, { permission: 'write' }),
        await ask('POST', `repos/${login}/fresh/labels`, { name: 'backlog', color: '#0075ca' }),
        await ask('POST', `repos/${login}/fresh/issues`, { title: 'One' }),
        await ask('POST', `repos/${login}/fresh/issues/1/labels`, { labels: ['backlog'] }),
      ];
      expect(answers).toEqual([201, 204, 201, 201, 200]);
      // Where the forge is not ours alone, nothing of this case stays behind.
      await repository.api('admin', 'DELETE', `admin/users/${login}?purge=true`);
    });

    it('a token is made with basic auth and shown once', async () => {
      const name = `token-${randomUUID().slice(0, 8)}`;
      const made = await repository.api('admin', 'POST', 'users/dev/tokens', { name, scopes: ['write:repository', 'write:issue', 'read:user'] });
      expect([made.status, json<{ sha1: string }>(made).sha1]).toEqual([201, expect.stringMatching(/^[0-9a-f]{40}$/)]);
      const listed = json<{ name: string; sha1: string }[]>(await repository.api('admin', 'GET', 'users/dev/tokens'));
      expect(listed.find((each) => each.name === name)?.sha1).toBe('');
      expect((await repository.api('admin', 'DELETE', `users/dev/tokens/${name}`)).status).toBe(204);
    });

    it('issues filtered by a label that does not exist are every issue', async () => {
      const fresh = await make();
      await fresh.raw('dev', 'POST', 'issues', { title: 'Plain' });
      expect(json(await fresh.raw('dev', 'GET', 'issues?labels=nosuch'))).toHaveLength(1);
    });

    it('lists say how many there are, and carry neither ETag nor Last-Modified', async () => {
      await raw('dev', 'POST', 'issues', { title: 'Counted' });
      const { headers } = await raw('dev', 'GET', 'issues?limit=1');
      expect(Number(headers.get('x-total-count'))).toBeGreaterThan(0);
      expect([headers.get('etag'), headers.get('last-modified')]).toEqual([null, null]);
    });

    it('comments come all at once whatever the limit; the timeline is paged', async () => {
      const { number } = json<{ number: number }>(await raw('dev', 'POST', 'issues', { title: 'Talk' }));
      for (const body of ['a', 'b', 'c']) await raw('dev', 'POST', `issues/${number}/comments`, { body });
      expect(json(await raw('dev', 'GET', `issues/${number}/comments?limit=2`))).toHaveLength(3);
      expect(json(await raw('dev', 'GET', `issues/${number}/timeline?limit=2`))).toHaveLength(2);
    });

    it('comments and timeline of a number that nothing has may be 500, everything else about it is 404', async () => {
      for (const path of ['issues/999/comments', 'issues/999/timeline']) expect([404, 500]).toContain(await status('dev', 'GET', path));
      const paths = ['issues/999', 'issues/999/labels', 'pulls/999', 'pulls/999/reviews'];
      for (const path of paths) expect([path, await status('dev', 'GET', path)]).toEqual([path, 404]);
    });

    it('an edited or deleted comment does not move the time of its issue; a new one does', async () => {
      const { number } = json<{ number: number }>(await raw('dev', 'POST', 'issues', { title: 'Still' }));
      const { id } = json<{ id: number }>(await raw('dev', 'POST', `issues/${number}/comments`, { body: 'one' }));
      const time = async (): Promise<string> => json<{ updated_at: string }>(await raw('dev', 'GET', `issues/${number}`)).updated_at;
      const before = await time();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await status('dev', 'PATCH', `issues/comments/${id}`, { body: 'two' })).toBe(200);
      expect(await status('dev', 'DELETE', `issues/comments/${id}`)).toBe(204);
      expect(await time()).toBe(before);
      await raw('dev', 'POST', `issues/${number}/comments`, { body: 'three' });
      expect(await time()).not.toBe(before);
    });

    it('the timeline of an issue knows label, comment, close and the reference of a pull request', async () => {
      const fresh = await make();
      await fresh.raw('dev', 'POST', 'labels', { name: 'backlog', color: '#0075ca' });
      await fresh.raw('dev', 'POST', 'issues', { title: 'Story' });
      await fresh.raw('dev', 'POST', 'issues/1/labels', { labels: ['backlog'] });
      await fresh.raw('dev', 'POST', 'issues/1/comments', { body: 'Hm.' });
      await openPull(fresh, 'Fixes #1');
      await fresh.raw('dev', 'PATCH', 'issues/1', { state: 'closed' });
      const types = json<{ type: string }[]>(await fresh.raw('dev', 'GET', 'issues/1/timeline')).map((each) => each.type);
      expect(types).toEqual(['label', 'comment', 'pull_ref', 'close']);
    });

    it('a claim is a ref that is no branch; the same object twice is up to date, so a claim carries a nonce', async () => {
      const push = (account: Account, commit: string, lease = true): Promise<string | null> => {
        const expected = lease ? ['--force-with-lease=refs/disinto/claims/1:'] : [];
        return repository.git(account, 'push', ...expected, 'origin', `${commit}:refs/disinto/claims/1`);
      };
      const commit = async (account: Account, nonce: string): Promise<string> =>
        (await repository.git(account, 'commit-tree', 'HEAD^{tree}', '-m', `claim ${nonce}`))?.trim() ?? '';
      const first = await commit('dev', 'a');
      expect(await push('dev', first)).not.toBeNull();
      await repository.git('ci', 'fetch', 'origin', 'refs/disinto/claims/1');
      expect(await push('ci', first, false)).not.toBeNull();
      expect(await push('ci', await commit('ci', 'b'))).toBeNull();
      expect(await repository.git('ci', 'ls-remote', 'origin', 'refs/disinto/claims/1')).toContain(first);
    });

    it('refs/notes/disinto and branches below disinto/ are accepted', async () => {
      const pushed = await repository.git('merger', 'push', 'origin', 'HEAD:refs/notes/disinto', 'HEAD:refs/heads/disinto/merge/5');
      expect(pushed).not.toBeNull();
      expect(await repository.git('merger', 'ls-remote', 'origin')).toMatch(/refs\/heads\/disinto\/merge\/5\n[^]*refs\/notes\/disinto\n/);
    });
  });
}
