import { expect, it } from 'vitest';
import { client, git, remoteOf, stage } from './harness.ts';

const basic = (login: string, secret: string): string => `Basic ${Buffer.from(`${login}:${secret}`).toString('base64')}`;

it('takes token, bearer and basic authorization, and answers 401 to a wrong or revoked secret', async () => {
  const on = await stage();
  const get = async (authorization: string): Promise<number> => (await fetch(`${on.forge.url}/api/v1/user`, { headers: { authorization } })).status;
  const made = await fetch(`${on.forge.url}/api/v1/users/dev/tokens`, {
    method: 'POST',
    headers: { authorization: basic('dev', 'dev-password') },
    body: JSON.stringify({ name: 'mine', scopes: ['read:user'] }),
  });
  const token = (await made.json()) as { sha1: string; id: number; token_last_eight: string };
  expect([made.status, token.sha1.endsWith(token.token_last_eight)]).toEqual([201, true]);
  const ways = [`token ${token.sha1}`, `Bearer ${token.sha1}`, basic('dev', token.sha1), basic(token.sha1, ''), basic('dev', 'dev-password')];
  expect(await Promise.all(ways.map(get))).toEqual([200, 200, 200, 200, 200]);
  expect(await Promise.all([basic('dev', 'wrong'), 'token wrong', 'Digest x', basic('nobody', 'x')].map(get))).toEqual([401, 401, 401, 401]);
  const list = await fetch(`${on.forge.url}/api/v1/users/dev/tokens`, { headers: { authorization: basic('dev', 'dev-password') } });
  expect(await list.text()).not.toContain(token.sha1);
  expect((await fetch(`${on.forge.url}/api/v1/users/dev/tokens`, { headers: { authorization: `token ${on.tokens.dev}` } })).status).toBe(401);
  const gone = await fetch(`${on.forge.url}/api/v1/users/dev/tokens/mine`, { method: 'DELETE', headers: { authorization: basic('dev', 'dev-password') } });
  expect([gone.status, await get(`token ${token.sha1}`)]).toEqual([204, 401]);
});

it('keeps tokens to their scopes, over REST and git', async () => {
  const on = await stage();
  const token = on.forge.seed.createToken('dev', 'narrow', ['read:repository', 'write:issue']);
  const call = client(() => on.forge.url, token);
  expect((await call('GET', '/repos/demo/app')).status).toBe(200);
  expect((await call('POST', '/repos/demo/app/issues', { title: 't' })).status).toBe(201);
  expect((await call('GET', '/repos/demo/app/issues')).status).toBe(200);
  expect((await call('POST', '/repos/demo/app/pulls', { head: 'a', base: 'main', title: 't' })).status).toBe(403);
  expect((await call('GET', '/user')).status).toBe(403);
  const remote = remoteOf(on.forge.url, 'dev', token);
  const clone = await on.clone('dev');
  await git(clone, 'fetch', '--quiet', remote, 'main');
  await expect(git(clone, 'push', remote, 'HEAD:refs/heads/x')).rejects.toThrow('403');
});

it('hides a private repository, and says who may do what in one', async () => {
  const on = await stage();
  await on.forge.seed.createRepository('demo', 'secret', { private: true });
  on.forge.seed.addCollaborator('demo/secret', 'reviewer', 'read');
  const status = async (by: 'reviewer' | 'outsider' | 'nobody' | 'owner', method = 'GET', path = ''): Promise<number> =>
    (await on.as[by](method, `/repos/demo/secret${path}`, method === 'GET' ? undefined : { name: 'x', color: 'fff' })).status;
  expect(await Promise.all([status('owner'), status('reviewer'), status('outsider'), status('nobody')])).toEqual([200, 200, 404, 404]);
  expect(await Promise.all([status('reviewer', 'POST', '/labels'), status('outsider', 'POST', '/labels')])).toEqual([403, 404]);
  await expect(git(on.folder, 'ls-remote', `${on.forge.url}/demo/secret.git`)).rejects.toThrow(/Authentication|could not read/i);
  await expect(git(on.folder, 'ls-remote', `${on.forge.url.replace('://', `://outsider:${on.tokens.outsider}@`)}/demo/secret.git`)).rejects.toThrow(
    'not found',
  );
  await git(on.folder, 'ls-remote', `${on.forge.url.replace('://', `://reviewer:${on.tokens.reviewer}@`)}/demo/secret.git`);
});

it('tells permissions to administrators and to each account its own', async () => {
  const on = await stage();
  const ask = async (by: 'dev' | 'maintainer', login: string) => {
    const reply = await on.as[by]('GET', `R/collaborators/${login}/permission`);
    return reply.body.permission ?? reply.status;
  };
  expect(await Promise.all(['demo', 'maintainer', 'dev', 'reviewer', 'outsider', 'stranger'].map((login) => ask('maintainer', login)))).toEqual([
    'owner',
    'admin',
    'write',
    'read',
    'read',
    404,
  ]);
  expect([await ask('dev', 'dev'), await ask('dev', 'maintainer')]).toEqual(['write', 403]);
  const logins = (await on.as.outsider('GET', 'R/assignees')).body.map((user: { login: string }) => user.login);
  expect(logins).toEqual(['demo', 'ci', 'dev', 'maintainer', 'merger']);
  expect((await on.as.dev('GET', 'R/collaborators/reviewer')).status).toBe(204);
  expect((await on.as.dev('PUT', 'R/collaborators/outsider', { permission: 'admin' })).status).toBe(403);
  expect((await on.as.maintainer('DELETE', 'R/collaborators/dev')).status).toBe(204);
  expect(await ask('maintainer', 'dev')).toBe('read');
});

it('lets a site admin make accounts and repositories over REST', async () => {
  const on = await stage();
  expect((await on.as.maintainer('POST', '/admin/users', { username: 'new', email: 'new@localhost' })).status).toBe(403);
  const draft = { username: 'new', email: 'new@localhost', password: 'pass-word', must_change_password: false };
  expect((await on.as.owner('POST', '/admin/users', draft)).status).toBe(201);
  expect((await on.as.owner('POST', '/admin/users', { username: 'new', email: 'new@localhost' })).status).toBe(422);
  const made = await fetch(`${on.forge.url}/api/v1/user/repos`, {
    method: 'POST',
    headers: { authorization: basic('new', 'pass-word') },
    body: JSON.stringify({ name: 'own', auto_init: true }),
  });
  expect([made.status, await made.json()]).toMatchObject([201, { full_name: 'new/own', empty: false, default_branch: 'main' }]);
  expect((await on.as.owner('POST', '/admin/users/new/repos', { name: 'own' })).status).toBe(409);
  expect((await on.as.owner('POST', '/admin/users/new/repos', { name: '../x' })).status).toBe(422);
  expect((await on.as.nobody('GET', '/repos/new/own/contents/README.md')).body).toMatchObject({
    type: 'file',
    encoding: 'base64',
    content: Buffer.from('# own\n').toString('base64'),
  });
});
