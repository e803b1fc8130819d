import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemChance } from '../../../../shared/clock/system.ts';
import { filesOf, makeCase } from '../play.ts';
import type { InitForge } from '../world.ts';
import { expectNoSecret, sayWhy } from './whole.ts';

/** What speaks against a plan is said before anything is changed, and what was weakened is made good. */
export function obstacleSuite(name: string, start: () => Promise<InitForge>): void {
  describe(`what disinto init finds in its way on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());

    it('a token of the administrator that lacks a scope which the plan needs, and no other', async () => {
      const one = await makeCase(forge);
      const password = systemChance.secret(16);
      await forge.admin.setPassword(forge.owner, password);
      const usual = ['write:repository', 'write:issue', 'write:user'];
      const token = (...more: readonly string[]): Promise<string> =>
        forge.admin.createToken({ login: forge.owner, password }, { name: systemChance.secret(4), scopes: [...usual, ...more] });
      const weak = await one.init(['--yes'], { token: await token() });
      expect(weak.code, sayWhy(weak)).toBe(1);
      expect(weak.out).toContain(`the token of ${forge.owner} lacks what this plan needs: write:admin`);
      expect(weak.out).toContain('Nothing was changed');
      const organisation = `${one.name}-org`;
      await forge.ask('POST', 'orgs', { username: organisation });
      const other = await makeCase(forge, organisation);
      const unable = await other.init(['--yes'], { token: await token('write:admin') });
      expect(unable.out, sayWhy(unable)).toContain('lacks what this plan needs: write:organization');
      expect(filesOf(other.folder)).toEqual({});
      expect(await forge.admin.findAccount(other.logins[0] ?? '')).toBeNull();
      const enough = await one.init(['--yes'], { token: await token('write:admin') });
      expect(enough.code, sayWhy(enough)).toBe(0);
    });

    it('a token of an agent that may too little is made anew, and the plan names that alone', async () => {
      const one = await makeCase(forge);
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      const secret = (file: string): string => readFileSync(join(one.folder, 'secrets', file), 'utf8').trim();
      const login = one.logins[0] ?? '';
      const weak = await forge.admin.createToken({ login, password: secret('dev.password') }, { name: 'weak', scopes: ['read:user'] });
      writeFileSync(join(one.folder, 'secrets', 'dev.token'), weak);
      const before = readFileSync(join(one.folder, 'disinto.toml'), 'utf8');
      const dry = await one.init(['--dry-run']);
      expect(dry.out, sayWhy(dry)).toContain('as the present one lacks write:repository, write:issue');
      expect(dry.out).not.toContain('git-secret');
      const played = await one.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(await forge.admin.hasScope('write:issue', secret('dev.token'))).toBe(true);
      rmSync(join(one.folder, 'secrets', 'dev.token'));
      const lost = await one.init(['--dry-run']);
      expect(lost.out).toContain(`make token disinto-${one.name} of ${login}`);
      expect(lost.out).not.toContain('git-secret');
      expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
      expect(readFileSync(join(one.folder, 'disinto.toml'), 'utf8')).toBe(before);
      expectNoSecret(one.folder, dry, played, lost);
    });

    it('a branch that is not there; options that a repository which is there leaves unused are named', async () => {
      const one = await makeCase(forge);
      await forge.admin.createRepository({ name: one.repository, private: false, description: '', defaultBranch: 'main', initialise: true });
      const unused = await one.init(['--dry-run', '--private', '--from', 'https://mirror.invalid/a/b.git']);
      expect(unused.out).toContain('has commits already: --from is not used; is public and stays so');
      expect(filesOf(one.folder)).toEqual({});
      const project = `[projects.p]\nrepository = "${one.repository}"\nbranch = "trunk"\n[projects.p.ci]\naccount = "${one.logins[3]}"\n`;
      writeFileSync(join(one.folder, 'disinto.toml'), `[forge]\nurl = "${forge.url}"\n${project}`);
      const missing = await one.init(['--yes']);
      expect(missing.out, sayWhy(missing)).toContain(`${one.repository} has no branch trunk`);
      expect(missing.code).toBe(1);
      expect(await forge.admin.listProtections(one.repository)).toEqual([]);
    });

    it('a maintainer who is an agent or an organisation, and one login for two', async () => {
      const one = await makeCase(forge);
      const asked = async (code: number, ...more: readonly string[]): Promise<string> => {
        const played = await one.init(['--yes', ...more]);
        expect(played.code, sayWhy(played)).toBe(code);
        return `${played.out}${played.err}`;
      };
      expect(await asked(2, '--logins', `dev=${forge.owner}`)).toContain(`"${forge.owner}" is the account of the agent dev; a maintainer is a person`);
      expect(await asked(1, '--logins', `ci=${forge.owner}`)).toContain(`${forge.owner} is an account of the factory; a maintainer is a person`);
      expect(await asked(2, '--logins', 'dev=both,ci=Both')).toContain('"Both" is the account of the agent dev; CI needs one of its own');
      const organisation = `${one.name}-people`;
      await forge.ask('POST', 'orgs', { username: organisation });
      expect(await asked(1, '--maintainer', organisation)).toContain(`${organisation} is an organisation; a maintainer is a person`);
      expect(filesOf(one.folder)).toEqual({});
    });

    it('a source that is not there, and a server that is no forge', async () => {
      const one = await makeCase(forge);
      const empty = await one.init(['--dry-run', '--from', join(one.folder, 'nowhere')]);
      expect(empty.code).toBe(1);
      expect(empty.err).toContain('which is to fill the repository');
      expect(empty.err).not.toContain('next tick');
      const web = createServer((_, response) => response.writeHead(404).end('<html>'));
      await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
      const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      const none = await one.init(['--yes'], { url });
      web.close();
      expect(none.err).toContain(`there is no forge there: something answers at ${url}, but it is no Forgejo or Gitea`);
      expect(none.err).not.toContain('check the repository name');
      expect(filesOf(one.folder)).toEqual({});
    });

    it('a token for an account of somebody else is not planned', async () => {
      const one = await makeCase(forge);
      const login = one.logins[0] ?? '';
      await forge.admin.createAccount({ login, password: systemChance.secret(12), email: `${login}@example.test`, fullName: 'A person' });
      const dry = await one.init(['--dry-run']);
      expect(dry.out).toContain(`the account ${login} exists and is somebody else's`);
      expect(dry.out).not.toContain(`token disinto-${one.name} of ${login}`);
      expect(dry.code, sayWhy(dry)).toBe(1);
    });
  });
}

/** On a forge where issues and pull requests can be switched off. */
export function unitSuite(name: string, start: () => Promise<InitForge>): void {
  describe(`what disinto init finds switched off on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());

    it('issues or pull requests that are switched off', async () => {
      const one = await makeCase(forge);
      await forge.admin.createRepository({ name: one.repository, private: false, description: '', defaultBranch: 'main', initialise: true });
      await forge.ask('PATCH', `repos/${one.repository}`, { has_issues: false });
      const off = await one.init(['--yes']);
      expect(off.out, sayWhy(off)).toContain(`${one.repository} has no issues`);
      const external_tracker = { external_tracker_url: 'https://tracker.example', external_tracker_format: 'https://tracker.example/{index}' };
      await forge.ask('PATCH', `repos/${one.repository}`, { has_issues: true, external_tracker, has_pull_requests: false });
      expect((await one.init(['--yes'])).out).toContain(`${one.repository} has no issues (has_issues, kept by the forge itself) and no pull requests`);
      expect(filesOf(one.folder)).toEqual({});
    });
  });
}
