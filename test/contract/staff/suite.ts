import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf } from '../init/play.ts';
import { expectNoSecret, sayWhy } from '../init/suite.ts';
import type { InitForge } from '../init/world.ts';
import { makeStaffed, pushBranch, type Staffed } from './hired.ts';

const opus = ['anthropic', '--model', 'claude-opus-4-5'] as const;

/** What hiring and firing promise, on whatever forge. */
export function staffSuite(name: string, start: () => Promise<InitForge>): void {
  describe(`disinto hire and fire on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());

    const collaborators = async (repository: string): Promise<readonly string[]> =>
      (await forge.admin.listCollaborators(repository)).map(({ login, permission }) => `${login} ${permission}`);
    const protection = async (repository: string): Promise<unknown> => (await forge.admin.listProtections(repository))[0];
    const tokenOf = (one: Staffed): string => one.secret('dev-x.token');

    it('hires a dev that works with its token, fires it so that nothing of it works, and takes it back', async () => {
      const one = await makeStaffed(forge);
      const login = `${one.name}-x`;
      const before = one.config();

      const hired = await one.run(['hire', ...opus, '--name', 'dev-x', '--login', login, '--yes']);
      expect(hired, sayWhy(hired)).toMatchObject({ code: 0 });
      expect(await forge.admin.tokenOwner(tokenOf(one))).toBe(login);
      expect(await collaborators(one.repository)).toContain(`${login} write`);
      expect(await collaborators(`${one.repository}-ops`)).toContain(`${login} write`);
      expect(await forge.ask('POST', `repos/${one.repository}/issues`, { title: 'Found something' }, tokenOf(one))).toMatchObject({ user: { login } });
      expect(await pushBranch(forge, one.repository, { login, secret: tokenOf(one) }, 'fix/issue-1')).toBeNull();
      expect(await pushBranch(forge, one.repository, { login, secret: tokenOf(one) }, 'main')).not.toBeNull();
      const pull = { title: 'A change', head: 'fix/issue-1', base: 'main', body: '' };
      expect(await forge.ask('POST', `repos/${one.repository}/pulls`, pull, tokenOf(one))).toMatchObject({ number: 2 });
      await forge.ask('PATCH', `repos/${one.repository}/issues/1`, { assignees: [login] });

      const again = await one.run(['hire', ...opus, '--name', 'dev-x', '--login', login]);
      expect(again, sayWhy(again)).toMatchObject({ code: 0 });
      expect(again.out).toContain('Nothing to do.');

      const old = tokenOf(one);
      const fired = await one.run(['fire', 'dev-x', '--yes']);
      expect(fired, sayWhy(fired)).toMatchObject({ code: 0 });
      expect(fired.out).toContain(`${one.repository}: issue #1, pull request #2`);
      expect(await forge.admin.tokenOwner(old)).toBeNull();
      expect(existsSync(join(one.folder, 'secrets', 'dev-x.token'))).toBe(false);
      expect(await pushBranch(forge, one.repository, { login, secret: old }, 'fix/issue-2')).not.toBeNull();
      expect(await pushBranch(forge, one.repository, { login, secret: one.secret('dev-x.password') }, 'fix/issue-2')).not.toBeNull();
      expect((await collaborators(one.repository)).join()).not.toContain(login);
      const idle = await one.run(['fire', 'dev-x']);
      expect(idle, sayWhy(idle)).toMatchObject({ code: 0 });
      expect(idle.out).toContain('Nothing to do.');
      expect(JSON.parse((await one.run(['agents', 'list', '--json'])).out)).toContainEqual(
        expect.objectContaining({ name: 'dev-x', backend: 'anthropic-opus', model: 'claude-opus-4-5', identity: login, enabled: false, state: 'stopped' }),
      );

      const back = await one.run(['hire', '--name', 'dev-x', '--yes']);
      expect(back, sayWhy(back)).toMatchObject({ code: 0 });
      expect(tokenOf(one)).not.toBe(old);
      expect(await pushBranch(forge, one.repository, { login, secret: tokenOf(one) }, 'fix/issue-2')).toBeNull();
      expectNoSecret(one.folder, hired, again, fired, back);
      for (const line of before.split('\n')) expect(one.config().split('\n')).toContain(line);
    });

    it('puts reviewers and mergers on the lists of the protection, and off again', async () => {
      const one = await makeStaffed(forge);
      const [reviewer, merger] = [`${one.name}-r2`, `${one.name}-m2`];
      expect(await one.run(['hire', 'anthropic', '--role', 'reviewer', '--name', 'second-look', '--login', reviewer, '--yes'])).toMatchObject({ code: 0 });
      expect(await one.run(['hire', '--role', 'merger', '--name', 'second-hand', '--login', merger, '--yes'])).toMatchObject({ code: 0 });
      expect(await protection(one.repository)).toMatchObject({
        push: 'nobody',
        merge: { only: [`${one.name}-merger`, merger] },
        approvals: { required: 1, by: { only: [`${one.name}-reviewer`, reviewer] } },
      });
      await forge.admin.editProtection(one.repository, 'main', { merge: { only: [`${one.name}-merger`, merger, forge.owner] } });
      expect(await one.run(['fire', 'second-look', '--yes'])).toMatchObject({ code: 0 });
      expect(await one.run(['fire', 'second-hand', '--yes'])).toMatchObject({ code: 0 });
      expect(await protection(one.repository)).toMatchObject({
        merge: { only: expect.arrayContaining([`${one.name}-merger`, forge.owner]) },
        approvals: { required: 1, by: { only: [`${one.name}-reviewer`] } },
      });
      expect(JSON.stringify(await protection(one.repository))).not.toContain(merger);
      const last = await one.run(['fire', 'merger']);
      expect(last).toMatchObject({ code: 2 });
      expect(last.err).toContain('merger is the last enabled merger');
    });

    it('changes nothing with --dry-run, without --yes, and for what cannot be', async () => {
      const one = await makeStaffed(forge);
      const person = await forge.person(`${one.name}-person`);
      const files = filesOf(one.folder);
      const dry = await one.run(['hire', ...opus, '--name', 'dev-x', '--dry-run']);
      expect(dry, sayWhy(dry)).toMatchObject({ code: 0, err: '' });
      expect(dry.out).toContain('create account dev-x-bot');
      expect(await one.run(['hire', ...opus, '--name', 'dev-x'])).toMatchObject({ code: 2 });
      expect(await one.run(['fire', 'dev', '--dry-run'])).toMatchObject({ code: 0 });
      const refused: readonly (readonly [readonly string[], string])[] = [
        [[...opus, '--name', 'Dev'], 'must be lower-case letters'],
        [[...opus, '--role', 'gardener'], 'there is no role gardener'],
        [[...opus, '--role', 'reviewer', '--name', 'dev'], 'there is an agent dev already, a dev'],
        [['antropic'], 'did you mean `anthropic`?'],
        [['llama'], '--url'],
        [[...opus, '--projects', 'nope'], 'there is no project nope'],
        [[...opus, '--login', person.login, '--yes'], 'somebody else'],
      ];
      for (const [words, says] of refused) {
        const played = await one.run(['hire', ...words]);
        expect(played.code, says).not.toBe(0);
        expect(`${played.out}${played.err}`).toContain(says);
      }
      expect(filesOf(one.folder)).toEqual(files);
      expect(await forge.admin.findAccount('dev-x-bot')).toBeNull();
      expect(await forge.admin.tokenOwner(person.token)).toBe(person.login);
    });

    it('leaves alone what it did not make: rules, rights and accounts of others', async () => {
      const one = await makeStaffed(forge);
      const person = await forge.person(`${one.name}-mine`);
      // A person lent their account: the file names it, the token lies ready.
      const hired = await one.run(['hire', ...opus, '--name', 'dev-x', '--login', `${one.name}-x`, '--yes']);
      expect(hired, sayWhy(hired)).toMatchObject({ code: 0 });
      await forge.admin.createProtection(one.repository, {
        ...((await protection(one.repository)) as object),
        name: 'release',
        merge: { only: [`${one.name}-x`] },
      } as never);
      await forge.admin.setCollaborator(one.repository, person.login, 'write');
      const fired = await one.run(['fire', 'dev-x', '--yes']);
      expect(fired, sayWhy(fired)).toMatchObject({ code: 0 });
      expect((await forge.admin.listProtections(one.repository)).map((rule) => rule.name).toSorted()).toEqual(['main', 'release']);
      expect(await collaborators(one.repository)).toContain(`${person.login} write`);
      expect(await forge.admin.tokenOwner(person.token)).toBe(person.login);
    });

    it('makes up a name that is free here and on the forge', async () => {
      const [one, two] = [await makeStaffed(forge), await makeStaffed(forge)];
      const name = /disinto hires (dev-haiku-\d+): a dev on anthropic-haiku/;
      const words = ['hire', 'anthropic', '--model', 'claude-haiku-4-5', '--yes'];
      const first = await one.run(words);
      expect(first, sayWhy(first)).toMatchObject({ code: 0 });
      const second = await one.run(words);
      const other = await two.run(words);
      const names = [first, second, other].map(({ out }) => name.exec(out)?.[1] ?? out);
      expect(new Set(names).size).toBe(3);
      forge.remember(
        `${one.repository}-none`,
        names.map((each) => `${each}-bot`),
      );
    });
  });
}
