import { describe, expect, it } from 'vitest';
import type { AdminWorld } from '../world.ts';

export function accountContract(world: () => AdminWorld): void {
  describe('accounts', () => {
    it('me and version: who asks, whether it administers the site, and what the forge says it is', async () => {
      const { admin, site, by, account } = world();
      expect(await admin.me()).toEqual({ login: site.admin.login, siteAdmin: true });
      const person = await account();
      const token = await admin.createToken(person, { name: 'me', scopes: ['read:user'] });
      expect(await by(token).me()).toEqual({ login: person.login, siteAdmin: false });
      expect(await admin.version()).toMatch(/^\d+\.\d+/);
    });

    it('findAccount: null, or the account with the mark that it was created with, whatever the case of the login', async () => {
      const { admin, fresh } = world();
      const login = fresh('dev-bot');
      expect(await admin.findAccount(login)).toBeNull();
      await admin.createAccount({ login, password: 'pass-word-1', email: `${login}@example.org`, fullName: 'disinto agent dev (instance "ä")' });
      const found = { login, fullName: 'disinto agent dev (instance "ä")', siteAdmin: false, active: true, restricted: false };
      expect(await admin.findAccount(login)).toEqual(found);
      expect(await admin.findAccount(login.toUpperCase())).toEqual(found);
    });

    it('createAccount: a login or mail address that is taken is refused, and the foreign account stays as it was', async () => {
      const { admin, account, fresh } = world();
      const foreign = await account('foreign');
      const draft = { login: foreign.login, password: 'other-pass-1', email: `${fresh('mail')}@example.org`, fullName: 'ours' };
      await expect(admin.createAccount(draft)).rejects.toMatchObject({ kind: 'invalid' });
      const other = { ...draft, login: fresh('other'), email: `${foreign.login}@example.org` };
      await expect(admin.createAccount(other)).rejects.toMatchObject({ kind: 'invalid' });
      expect(await admin.findAccount(other.login)).toBeNull();
      expect(await admin.findAccount(foreign.login)).toMatchObject({ fullName: `somebody called ${foreign.login}` });
      expect(await admin.acceptsPassword(foreign.login, foreign.password)).toBe(true);
    });

    it('createAccount: a login that no forge allows is refused', async () => {
      const { admin } = world();
      const draft = { login: 'not a login', password: 'pass-word-1', email: 'nobody@example.org', fullName: '' };
      await expect(admin.createAccount(draft)).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('acceptsPassword: the right one at once, no other one, none of somebody who is not there', async () => {
      const { admin, account } = world();
      const { login, password } = await account();
      expect(await admin.acceptsPassword(login, password)).toBe(true);
      expect(await admin.acceptsPassword(login, `${password}x`)).toBe(false);
      expect(await admin.acceptsPassword('nobody-of-that-name', password)).toBe(false);
    });

    it('setPassword: the new one holds, the old one does not, and an account that had to change it need not any more', async () => {
      const { admin, account, ask, fresh } = world();
      const { login, password } = await account();
      await admin.setPassword(login, 'another-pass-1');
      expect(await admin.acceptsPassword(login, password)).toBe(false);
      expect(await admin.acceptsPassword(login, 'another-pass-1')).toBe(true);
      expect(await admin.findAccount(login)).toMatchObject({ fullName: `somebody called ${login}` });

      const strict = fresh('strict');
      const draft = { username: strict, password: 'pass-word-1', email: `${strict}@example.org`, must_change_password: true };
      expect((await ask('POST', 'admin/users', draft)).status).toBe(201);
      expect(await admin.acceptsPassword(strict, 'pass-word-1')).toBe(false);
      await admin.setPassword(strict, 'pass-word-2');
      expect(await admin.acceptsPassword(strict, 'pass-word-2')).toBe(true);
      await expect(admin.setPassword('nobody-of-that-name', 'pass-word-2')).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('deleteAccount: gone with its tokens; gone already is fine; one that owns repositories stays', async () => {
      const { admin, account } = world();
      const person = await account();
      const token = await admin.createToken(person, { name: 'x', scopes: ['read:user'] });
      await admin.deleteAccount(person.login);
      expect(await admin.findAccount(person.login)).toBeNull();
      expect(await admin.tokenOwner(token)).toBeNull();
      await admin.deleteAccount(person.login);

      const owner = await account('owner');
      await admin.createRepository({ name: `${owner.login}/r`, private: false, description: '', defaultBranch: 'main', initialise: true });
      await expect(admin.deleteAccount(owner.login)).rejects.toMatchObject({ kind: 'invalid' });
      expect(await admin.findRepository(`${owner.login}/r`)).not.toBeNull();
    });

    it('deleteAccount: what the account wrote stays', async () => {
      const { admin, account, ask, repository } = world();
      const person = await account();
      const name = await repository();
      const token = await admin.createToken(person, { name: 'x', scopes: ['write:issue'] });
      expect((await ask('POST', `repos/${name}/issues`, { title: 'kept' }, token)).status).toBe(201);
      await admin.deleteAccount(person.login);
      expect((await ask('GET', `repos/${name}/issues/1`)).body).toMatchObject({ title: 'kept' });
    });

    it('calls: counts what went over HTTP', async () => {
      const { by, site } = world();
      const counted = by(site.admin.token);
      expect(counted.calls()).toBe(0);
      await counted.me();
      expect(counted.calls()).toBe(1);
    });
  });
}
