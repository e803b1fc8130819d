import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hook } from '#forge/admin';
import { filesOf, makeCase, play } from '../play.ts';
import { guardCases } from './guard.ts';
import { sayWhy } from './whole.ts';
import type { InitForge } from '../world.ts';

/** What is not ours stays as it is; what stands in the way is said before anything is changed. */
export function foreignSuite(name: string, start: () => Promise<InitForge>, more: (theForge: () => InitForge) => void = () => {}): void {
  describe(`disinto init and what others made, on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());
    guardCases(() => forge);
    more(() => forge);

    const makeRepository = (name: string): Promise<void> =>
      forge.admin.createRepository({ name, private: false, description: 'of others', defaultBranch: 'main', initialise: true });
    const head = async (repository: string): Promise<string> =>
      ((await forge.ask('GET', `repos/${repository}/branches/main`)) as { readonly commit: { readonly id: string } }).commit.id;
    const closed = {
      name: 'main',
      push: 'nobody',
      dismissStaleApprovals: false,
      blockOnRejectedReviews: true,
      protectedFiles: [],
      unprotectedFiles: [],
    } as const;

    it('leaves labels, protection, webhooks, collaborators, settings and files of others alone', async () => {
      const one = await makeCase(forge);
      const { admin } = forge;
      const friend = await forge.person(`${one.name}-friend`);
      await makeRepository(one.repository);
      await admin.setCollaborator(one.repository, friend.login, 'write');
      for (const label of ['backlog', 'in-progress', 'Blocked', 'theirs'])
        await admin.createLabel(one.repository, { name: label, colour: '#123456', description: 'theirs' });
      await admin.createProtection(one.repository, {
        ...closed,
        merge: { only: [friend.login] },
        approvals: { required: 2, by: 'writers' },
        requiredContexts: ['theirs/ci'],
      });
      await admin.createHook(one.repository, { url: 'http://127.0.0.1:9/theirs', secret: 'theirs', events: ['push'] });
      const look = async (): Promise<unknown> => ({
        facts: await admin.findRepository(one.repository),
        head: await head(one.repository),
        files: await admin.listFiles(one.repository, 'main'),
        protections: await admin.listProtections(one.repository),
        hooks: (await admin.listHooks(one.repository)).filter(({ url }) => url.endsWith('theirs')),
        labels: (await admin.listLabels(one.repository)).filter(({ description }) => description === 'theirs'),
        friend: (await admin.listCollaborators(one.repository)).filter(({ login }) => login === friend.login),
        account: await admin.findAccount(friend.login),
        tokens: await admin.listTokens(friend),
      });
      const before = await look();
      const played = await one.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(await look()).toEqual(before);
      expect(played.out).toContain('has a protection main that we did not make; it stays as it is');
      expect(played.out).toContain(`${one.name}-merger may not merge`);
      expect(played.out).toContain(`asks for a look (above)\n  protection of main in ${one.repository}\n`);
      expect((await admin.listLabels(one.repository)).filter(({ name: label }) => label === 'backlog')).toHaveLength(1);
    });

    it('leaves a webhook of others at our own address, and mends ours', async () => {
      const one = await makeCase(forge);
      const { admin } = forge;
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      const theirs = await admin.createHook(one.repository, { url: `http://${one.listen}/`, secret: 'theirs', events: ['push'] });
      const hooks = async (): Promise<readonly Hook[]> => (await admin.listHooks(one.repository)).toSorted((a, b) => a.id - b.id);
      const [, foreign] = await hooks();
      const secret = join(one.folder, 'secrets', 'webhook.secret');
      rmSync(secret);
      const played = await one.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(played.out).toContain(`webhook ${theirs} of ${one.repository} posts to the same address and is not ours: it stays`);
      expect(played.out).toContain('a signed test delivery arrived');
      const [kept, own] = await hooks();
      expect([kept, (await hooks()).length]).toEqual([foreign, 2]);

      await admin.editHook(one.repository, own?.id ?? 0, { events: ['push'], branchFilter: 'release/*' });
      const files = [secret, join(one.folder, 'secrets', 'dev.password')];
      for (const file of files) chmodSync(file, 0o644);
      const mended = await one.init(['--yes']);
      expect(mended.code, sayWhy(mended)).toBe(0);
      expect(mended.out).toContain('it tells only of pushes to release/*');
      expect(mended.out).toContain('close secrets/dev.password to others (mode 0600)');
      expect(await hooks()).toEqual([foreign, { ...own, branchFilter: expect.stringMatching(/^[*]?$/) }]);
      for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
      expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
    });

    it('leaves a repository of a person that has the usual name of an ops repo, and says how to name or mark another', async () => {
      const one = await makeCase(forge);
      const [theirs, other] = [`${one.repository}-ops`, `${one.repository}-books`];
      forge.remember(other, []);
      await makeRepository(theirs);
      const before = await head(theirs);
      const played = await one.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(1);
      expect(played.out).toContain(`${theirs} exists, is public, and this instance did not make it`);
      expect(played.out).toContain('add an empty file vault/pending/.gitkeep to its branch main');
      expect(played.out).toContain(`put \`ops = "owner/name"\` under [projects.${one.name}]`);
      expect(filesOf(one.folder)).toEqual({});
      expect(await forge.admin.findRepository(one.repository)).toBeNull();
      writeFileSync(join(one.folder, 'disinto.toml'), `[projects.${one.name}]\nops = "${other}"\n`);
      const named = await one.init(['--yes']);
      expect(named.code, sayWhy(named)).toBe(0);
      expect(await forge.admin.findRepository(other)).toMatchObject({ private: true, empty: false });
      expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
      expect([await head(theirs), await forge.admin.listFiles(theirs, 'main')]).toEqual([before, ['README.md']]);
      await forge.ask('PATCH', `repos/${other}`, { private: false });
      expect((await one.init(['--yes'])).out).toContain(`make it private in the settings of ${other}`);
    });

    it('says which login is taken, and takes another one', async () => {
      const one = await makeCase(forge);
      const [login = ''] = one.logins;
      await forge.admin.createAccount({ login, password: 'long-enough-for-this', email: `${login}@example.test`, fullName: 'Somebody' });
      const taken = await one.init(['--yes']);
      expect(taken.code, sayWhy(taken)).toBe(1);
      expect(taken.out).toContain(`the account ${login} exists and is somebody else's (not made by disinto); it is never touched`);
      expect(taken.out).toContain('--logins dev=LOGIN');
      expect(filesOf(one.folder)).toEqual({});
      expect(await forge.admin.findRepository(one.repository)).toBeNull();
      expect(await forge.admin.findAccount(login)).toMatchObject({ fullName: 'Somebody' });
      const other = `${one.name}-d,reviewer=${one.logins[1]},merger=${one.logins[2]},ci=${one.logins[3]}`;
      forge.remember(one.repository, [`${one.name}-d`]);
      const again = await one.init(['--yes', '--logins', `dev=${other}`]);
      expect(again.code, sayWhy(again)).toBe(0);
    });

    it('an account of a twin instance in another folder is not taken over', async () => {
      const one = await makeCase(forge);
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      const twin = join(one.folder, 'twin');
      mkdirSync(twin);
      const played = await one.init(['--yes', '--config', join(twin, 'disinto.toml')]);
      expect(played.code, sayWhy(played)).toBe(1);
      expect(played.out).toContain('but this folder did not make it');
      expect(filesOf(twin)).toEqual({});
    });

    it('fills a new repository with branches and tags, also after a kill in the middle', async () => {
      const one = await makeCase(forge);
      const source = join(one.folder, 'source');
      const git = (...args: readonly string[]): string =>
        execFileSync('git', ['-C', source, ...args], { encoding: 'utf8', env: { ...process.env, ...author } });
      mkdirSync(source);
      git('init', '--quiet', '-b', 'trunk');
      writeFileSync(join(source, 'a.txt'), 'a\n');
      git('add', '.');
      git('commit', '--quiet', '-m', 'First');
      git('branch', 'side');
      git('tag', 'v1');
      const kill = { at: 'line', pattern: '"phase":"create".*repository/project' } as const;
      expect((await one.init(['--yes', '--json', '--from', source], { kill })).killed).toBe(true);
      const played = await one.init(['--yes', '--from', source]);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(await forge.admin.findRepository(one.repository)).toMatchObject({ defaultBranch: 'trunk', empty: false });
      const branches = (await forge.ask('GET', `repos/${one.repository}/branches`)) as readonly { readonly name: string }[];
      expect(branches.map((branch) => branch.name).toSorted()).toEqual(['side', 'trunk']);
      expect((await forge.admin.listProtections(one.repository)).map((rule) => rule.name)).toEqual(['trunk']);
      expect(await play(one.folder, ['config', 'check'])).toMatchObject({ code: 0 });
      const tags = (await forge.ask('GET', `repos/${one.repository}/git/refs/tags`)) as readonly { readonly ref: string }[];
      expect(tags.map(({ ref }) => ref)).toEqual(['refs/tags/v1']);
    });
  });
}

const author = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.test', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.test' };
