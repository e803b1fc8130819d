import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Log } from '#log';
import { createGitHand } from '../../../cli/init/git-hand.ts';
import { loadConfig } from '../../../shared/config/load.ts';
import { startWebhookReceiver } from '../../../shared/agent/webhook/webhook.ts';
import { lockInstance } from '../../../cli/init/seat/lock.ts';
import { makeCase, play } from './play.ts';
import { sayWhy } from './suite/whole.ts';
import { embeddedForge, type InitForge } from './world.ts';

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

let forge: InitForge;
beforeAll(async () => {
  forge = await embeddedForge();
});
afterAll(() => forge.close());

it('B6: git goes on with the password where the forge refuses the token', async () => {
  const person = await forge.person('pusher');
  const repository = `${person.login}/notes`;
  await forge.ask('POST', 'user/repos', { name: 'notes', auto_init: true }, person.token);
  const git = createGitHand(forge.url, (text) => text);
  onTestFinished(() => git.close());
  const both = { login: person.login, secrets: ['f'.repeat(40), person.password] };
  const head = await git.fetch(repository, 'main', both);
  const commit = await git.commit({ parent: head, message: 'Note', files: { 'a/note.md': 'noted\n' }, at: new Date('2026-01-05T00:00:00Z') });
  expect(await git.push({ repository, refspecs: [`${commit}:refs/heads/main`] }, both)).toEqual({ end: 'pushed' });
  expect(await forge.admin.readFile(repository, 'main', 'a/note.md')).toBe('noted\n');
  await expect(git.push({ repository, refspecs: [`${commit}:refs/heads/other`] }, { ...both, secrets: ['f'.repeat(40)] })).rejects.toMatchObject({
    kind: 'auth',
  });
  await expect(git.fetch(repository, 'main', { ...both, secrets: [] })).rejects.toThrow('no secret of');
});

it('takes the factory that runs already as proof of the address, and a stranger there as none', async () => {
  const one = await makeCase(forge);
  expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
  const remove = async (): Promise<void> => {
    for (const { id } of await forge.admin.listHooks(one.repository)) await forge.admin.deleteHook(one.repository, id);
  };
  const [host = '', port] = one.listen.split(':');
  const serve = (secret: string): ReturnType<typeof startWebhookReceiver> =>
    startWebhookReceiver({ listen: { host, port: Number(port) }, secret, log: silent, onWake: () => {} });
  await remove();
  const stranger = await serve('some other secret of somebody');
  const refused = await one.init(['--yes']);
  await stranger.close();
  expect(refused.out, sayWhy(refused)).toContain(`${one.listen} is in use by a program that does not take our signature`);
  await remove();
  const factory = await serve(readFileSync(join(one.folder, 'secrets', 'webhook.secret'), 'utf8').trim());
  const taken = await one.init(['--yes']);
  await factory.close();
  expect(taken.out, sayWhy(taken)).toContain('the running factory listens there and knows the secret');
  expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
});

it('B6: where the forge refuses tokens for git, agents and CI show their passwords, and only there', async () => {
  const strict = await embeddedForge({ refuseTokensForGit: true });
  onTestFinished(() => strict.close());
  const [one, usual] = [await makeCase(strict), await makeCase(forge)];
  const played = await one.init(['--yes']);
  expect(played.code, sayWhy(played)).toBe(0);
  expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
  const config = await loadConfig(join(one.folder, 'disinto.toml'));
  expect(Object.values(config.agents).map(({ name, gitSecret }) => [name, gitSecret])).toEqual([
    ['dev', 'password'],
    ['reviewer', 'token'],
    ['merger', 'password'],
  ]);
  expect(Object.values(config.projects)[0]?.ci.gitSecret).toBe('password');
  expect((await usual.init(['--yes'])).code).toBe(0);
  expect(readFileSync(join(usual.folder, 'disinto.toml'), 'utf8')).not.toContain('git-secret');
});

it('what was made on one forge gives no right over accounts and protections of the same names on another', async () => {
  const [one, other] = [await makeCase(forge), await embeddedForge()];
  onTestFinished(() => other.close());
  expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
  const config = join(one.folder, 'disinto.toml');
  const journal = join(one.folder, 'data', 'init.json');
  const [text, made] = [readFileSync(config, 'utf8'), readFileSync(journal, 'utf8')];
  // The same names there, by another team: their logins, their mark, their repository, and a protection that lets them push.
  const password = 'known-to-the-other-team';
  for (const [at, login] of one.logins.entries()) {
    const agent = ['dev', 'reviewer', 'merger'][at];
    const fullName = agent === undefined ? `disinto CI (instance ${one.name})` : `disinto agent ${agent} (instance ${one.name})`;
    await other.admin.createAccount({ login, password, email: `${login}@example.test`, fullName });
  }
  await other.admin.createRepository({ name: one.repository, private: false, description: '', defaultBranch: 'main', initialise: true });
  const [login = ''] = one.logins;
  await other.admin.setCollaborator(one.repository, login, 'write');
  const approvals = { required: 1, by: 'writers' } as const;
  const lists = { protectedFiles: [], unprotectedFiles: [], requiredContexts: null, dismissStaleApprovals: false, blockOnRejectedReviews: false };
  await other.admin.createProtection(one.repository, { name: 'main', push: { only: [login] }, merge: 'writers', approvals, ...lists });
  const look = async (): Promise<unknown> => [
    await other.admin.acceptsPassword(login, password),
    await other.admin.listTokens({ login, password }),
    await other.admin.listProtections(one.repository),
  ];
  const before = await look();
  writeFileSync(config, text.replace(forge.url, other.url));
  const older = JSON.stringify({ version: 1, ...Object.values((JSON.parse(made) as { readonly forges: Record<string, object> }).forges)[0] });
  for (const journalText of [made, older]) {
    writeFileSync(journal, journalText);
    const played = await one.init(['--yes'], { url: other.url, token: other.token });
    expect(played.code, sayWhy(played)).toBe(1);
    expect(played.out).toContain(`the account ${login} exists and is somebody else's`);
    expect(played.out).toContain('has a protection main that we did not make');
    expect(await look()).toEqual(before);
  }
  writeFileSync(config, text);
  // Back on the forge of the older journal, which takes the tokens that it gave.
  const back = await one.init(['--yes']);
  expect(back.out, sayWhy(back)).toContain('Nothing to do.');
  await forge.admin.editProtection(one.repository, 'main', { push: 'writers' });
  expect((await one.init(['--yes'])).out).toContain('mend the protection of main');
});

it('lets one call at a time change an instance: init, hire and fire alike', async () => {
  const one = await makeCase(forge);
  const data = join(one.folder, 'data');
  const busy = 'Nothing was changed: another disinto init, hire or fire is at work';
  const free = lockInstance(data);
  onTestFinished(free);
  expect(await one.init(['--yes'])).toMatchObject({ code: 1, err: expect.stringContaining(busy) });
  expect(await one.init(['--dry-run'])).toMatchObject({ code: 0, err: '' });
  expect([await forge.admin.findRepository(one.repository), readdirSync(one.folder)]).toEqual([null, ['data']]);
  free();
  expect((await one.init(['--yes'])).code).toBe(0);
  const again = lockInstance(data);
  onTestFinished(again);
  const fire = await play(one.folder, ['fire', 'dev', '--yes', '--admin-token-file', `${one.folder}.admin-token`]);
  expect(fire, sayWhy(fire)).toMatchObject({ code: 1, err: expect.stringContaining(busy) });
  expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
});

it('moves its webhook with the address that it listens on, and leaves the webhooks of others', async () => {
  const one = await makeCase(forge);
  expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
  const [host = '', port = ''] = one.listen.split(':');
  const foreign = { url: `http://${host}:${port}/other`, secret: 'theirs', events: ['push'] as const };
  const theirs = await forge.admin.createHook(one.repository, foreign);
  const file = join(one.folder, 'disinto.toml');
  const moved = (await makeCase(forge)).listen;
  writeFileSync(file, readFileSync(file, 'utf8').replace(one.listen, moved));
  const call = ['init', forge.url, one.repository, '--admin-token-file', `${one.folder}.admin-token`, '--yes'];
  const played = await play(one.folder, call);
  expect(played.out, sayWhy(played)).toContain(`our webhook http://${one.listen}/ removed`);
  const hooks = await forge.admin.listHooks(one.repository);
  expect(hooks.map(({ url }) => url).toSorted()).toEqual([foreign.url, `http://${moved}/`].toSorted());
  expect(hooks.find(({ url }) => url === foreign.url)?.id).toBe(theirs);
  expect((await play(one.folder, call)).out).toContain('Nothing to do.');
});
