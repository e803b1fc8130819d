import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelsOf } from '../../../../shared/domain/label-registry.ts';
import { filesOf, makeCase, play } from '../play.ts';
import { expectNoSecret, sayWhy } from './whole.ts';
import type { InitForge } from '../world.ts';

/** Whoever runs it with less than everything is told what is missing before anything is changed, and gets on with what there is. */
export function rightsSuite(name: string, start: () => Promise<InitForge>): void {
  describe(`disinto init with less than everything, on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());

    it('without a site admin: says what one has to do by hand, and uses what was made by hand', async () => {
      const person = await forge.person('someone');
      const one = await makeCase(forge, person.login);
      const first = await one.init(['--yes'], { token: person.token });
      expect(first.code, sayWhy(first)).toBe(1);
      for (const login of one.logins) expect(first.out).toContain(`by hand: create the account ${login} (full name: disinto`);
      expect(first.out).toContain('Nothing was changed');
      expect(filesOf(one.folder)).toEqual({});
      expect(await forge.admin.findRepository(one.repository)).toBeNull();
      mkdirSync(join(one.folder, 'secrets'), { mode: 0o700 });
      for (const [at, agent] of ['dev', 'reviewer', 'merger', 'ci'].entries()) {
        const login = one.logins[at] ?? '';
        const password = `by-hand-${login}-password`;
        await forge.admin.createAccount({ login, password, email: `${login}@example.test`, fullName: 'By hand' });
        const byToken = agent === 'dev' || agent === 'ci';
        const secret = byToken
          ? await forge.admin.createToken({ login, password }, { name: 'by hand', scopes: ['write:repository', 'write:issue', 'read:user'] })
          : password;
        writeFileSync(join(one.folder, 'secrets', `${agent}.${byToken ? 'token' : 'password'}`), secret, { mode: 0o600 });
      }
      const second = await one.init(['--yes'], { token: person.token });
      expect(second.code, sayWhy(second)).toBe(0);
      expect(await forge.admin.findAccount(one.logins[0] ?? '')).toMatchObject({ fullName: 'By hand' });
      expect((await one.init(['--yes'], { token: person.token })).out).toContain('Nothing to do.');
      expectNoSecret(one.folder, first, second);
    });

    it('refuses what it cannot work with, each in a sentence, and changes nothing', async () => {
      const one = await makeCase(forge);
      const says = async (text: string, code: number, more: Parameters<typeof one.init>[1], options: readonly string[] = ['--yes']): Promise<void> => {
        const played = await one.init(options, more);
        expect(`${played.out}${played.err}`).toContain(text);
        expect(played.code, sayWhy(played)).toBe(code);
        expect(played.err).not.toContain('defect of disinto');
      };
      await says('is not the address of a forge', 2, { url: 'forge.example' });
      await says('nothing answers at http://127.0.0.1:9', 1, { url: 'http://127.0.0.1:9' });
      await says('token', 1, { token: 'f'.repeat(40) });
      const web = createServer((_, response) => response.writeHead(404).end('<html>'));
      await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
      await says('404', 1, { url: `http://127.0.0.1:${(web.address() as AddressInfo).port}` });
      web.close();
      await says('there is no account nobody-of-that-name', 1, {}, ['--yes', '--maintainer', 'nobody-of-that-name']);
      await says('--backend-url needs --model', 2, {}, ['--yes', '--backend-url', 'http://127.0.0.1:1']);
      expect(filesOf(one.folder)).toEqual({});
      await forge.admin.createRepository({ name: one.repository, private: false, description: '', defaultBranch: 'main', initialise: true });
      await forge.ask('PATCH', `repos/${one.repository}`, { archived: true });
      await says('is archived', 1, {});
      expect(filesOf(one.folder)).toEqual({});
    });

    it('a second project of one instance uses the accounts of the first; comments and values of the file stay', async () => {
      const one = await makeCase(forge);
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      const file = join(one.folder, 'disinto.toml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('[agents.dev]', '# mine\n[agents.dev]\nschedule = { every = "7m" }'));
      const before = readFileSync(file, 'utf8');
      const second = `${forge.owner}/${one.name}b`;
      forge.remember(second, []);
      const options = ['--admin-token-file', `${one.folder}.admin-token`, '--yes'];
      const played = await play(one.folder, ['init', forge.url, second, ...options]);
      expect(played.code, sayWhy(played)).toBe(0);
      const after = readFileSync(file, 'utf8');
      for (const line of before.split('\n')) expect(after).toContain(line);
      expect(after).toContain(`repository = "${second}"`);
      expect(await play(one.folder, ['config', 'check'])).toMatchObject({ code: 0, out: expect.stringContaining('2 project(s), 3 agent(s)') });
      expect((await play(one.folder, ['init', forge.url, second, ...options])).out).toContain('Nothing to do.');
      expect((await forge.admin.listCollaborators(second)).map(({ login }) => login).toSorted()).toEqual(one.logins.toSorted());
      const wrong = await play(one.folder, ['init', forge.url, second, ...options, '--listen', '127.0.0.1:1']);
      expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('webhook.listen is') });
    });

    it('#425: completes an ops repo of the older layout, and lets a person merge that where its branch is frozen (#758)', async () => {
      const one = await makeCase(forge);
      const ops = `${one.repository}-ops`;
      await forge.admin.createRepository({ name: ops, private: true, description: '', defaultBranch: 'main', initialise: true });
      await forge.admin.createFiles(ops, { branch: 'main', message: 'Old', files: { 'vault/pending/a.md': '# a\n', 'knowledge/planner-memory.md': 'kept\n' } });
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      expect(await forge.admin.listFiles(ops, 'main')).toEqual(expect.arrayContaining(['vault/policy.toml', 'vault/actions/.gitkeep', 'vault/pending/a.md']));
      expect(await forge.admin.readFile(ops, 'main', 'knowledge/planner-memory.md')).toBe('kept\n');

      const two = await makeCase(forge);
      const frozen = `${two.repository}-ops`;
      await forge.admin.createRepository({ name: frozen, private: true, description: '', defaultBranch: 'main', initialise: true });
      await forge.admin.createFiles(frozen, { branch: 'main', message: 'Meant for this', files: { 'vault/pending/.gitkeep': '' } });
      const rule = { name: 'main', push: 'nobody', merge: 'writers', approvals: { required: 1, by: 'writers' }, dismissStaleApprovals: true } as const;
      await forge.admin.createProtection(frozen, { ...rule, blockOnRejectedReviews: false, requiredContexts: null, protectedFiles: [], unprotectedFiles: [] });
      const played = await two.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(played.out).toContain(`the layout of ${frozen} waits in pull request #1: merge it`);
      expect(played.out).toContain('cannot be pushed as bookkeeping');
      expect(played.out).toContain('nothing that agents learn would reach it');
      expect(await forge.ask('GET', `repos/${frozen}/pulls?state=open`)).toHaveLength(1);
      await two.init(['--yes']);
      expect(await forge.ask('GET', `repos/${frozen}/pulls?state=open`)).toHaveLength(1);
    });

    it('says why no delivery arrives, and which setting of the forge to look at', async () => {
      const one = await makeCase(forge);
      const played = await one.init(['--yes', '--webhook-url', 'http://127.0.0.1:9/hook']);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(played.out).toContain('ALLOWED_HOST_LIST');
      expect(played.out).toContain('Done, but something asks for a look');
      const again = await one.init(['--yes']);
      expect(again.out).toContain('have the forge deliver a test to http://127.0.0.1:9/hook');
      expect(await forge.admin.listHooks(one.repository)).toHaveLength(1);
    });

    it('repairs what was lost or removed: a token file, a label, a protection, a right', async () => {
      const one = await makeCase(forge);
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      rmSync(join(one.folder, 'secrets', 'dev.token'));
      chmodSync(join(one.folder, 'secrets', 'ci.token'), 0o644);
      const [label] = await forge.admin.listLabels(one.repository);
      await forge.admin.deleteLabel(one.repository, label?.id ?? 0);
      await forge.admin.editProtection(one.repository, 'main', { push: 'writers' });
      await forge.admin.setCollaborator(one.repository, `${one.name}-dev`, 'admin');
      const played = await one.init(['--yes', '--json']);
      expect(played.lines.at(-1), sayWhy(played)).toMatchObject({ end: 'done' });
      expect(await forge.admin.listLabels(one.repository)).toHaveLength(labelsOf('project').length);
      expect(await forge.admin.listProtections(one.repository)).toMatchObject([{ push: 'nobody' }]);
      expect(await forge.admin.listCollaborators(one.repository)).toContainEqual({ login: `${one.name}-dev`, permission: 'write' });
      expect((await one.init(['--yes', '--json'])).lines.at(-1)).toMatchObject({ applied: 0 });
      expectNoSecret(one.folder, played);
    });
  });
}
