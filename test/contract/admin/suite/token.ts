import { describe, expect, it } from 'vitest';
import type { AdminWorld } from '../world.ts';

export function tokenContract(world: () => AdminWorld): void {
  describe('tokens', () => {
    it('createToken: opens what its scopes say and nothing else', async () => {
      const { admin, account, ask } = world();
      const person = await account();
      const token = await admin.createToken(person, { name: 'disinto-demo', scopes: ['read:user', 'read:repository'] });
      expect(await admin.tokenOwner(token)).toBe(person.login);
      expect((await ask('GET', 'user', undefined, token)).status).toBe(200);
      expect((await ask('POST', 'user/repos', { name: 'x' }, token)).status).toBe(403);
    });

    it('createToken: a name that is used, a scope that no forge knows, no scope and a wrong password are refused', async () => {
      const { admin, account } = world();
      const person = await account();
      const draft = { name: 'disinto-demo', scopes: ['read:user'] };
      const token = await admin.createToken(person, draft);
      await expect(admin.createToken(person, draft)).rejects.toMatchObject({ kind: 'invalid' });
      await expect(admin.createToken(person, { name: 'other', scopes: ['write:everything'] })).rejects.toMatchObject({ kind: 'invalid' });
      await expect(admin.createToken(person, { name: 'other', scopes: [] })).rejects.toMatchObject({ kind: 'invalid' });
      const wrong = admin.createToken({ ...person, password: 'wrong-pass-1' }, { ...draft, name: 'other' });
      await expect(wrong).rejects.toMatchObject({ kind: 'auth', message: expect.stringContaining(`the password of ${person.login}`) });
      expect(await admin.tokenOwner(token)).toBe(person.login);
      expect((await admin.listTokens(person)).map(({ name }) => name)).toEqual(['disinto-demo']);
    });

    it('listTokens: every one, beyond one page; none; refused with a wrong password', async () => {
      const { admin, account } = world();
      const person = await account();
      expect(await admin.listTokens(person)).toEqual([]);
      for (let at = 1; at <= 53; at += 1) await admin.createToken(person, { name: `t${at}`, scopes: ['read:user', 'write:issue'] });
      const all = await admin.listTokens(person);
      expect(new Set(all.map(({ name }) => name)).size).toBe(53);
      expect(all[0]?.scopes.toSorted()).toEqual(['read:user', 'write:issue']);
      await expect(admin.listTokens({ ...person, password: 'wrong-pass-1' })).rejects.toMatchObject({ kind: 'auth' });
    }, 60_000);

    it('deleteToken: this one and no other; gone already is fine', async () => {
      const { admin, account } = world();
      const person = await account();
      const [first, second] = [
        await admin.createToken(person, { name: 'disinto-a', scopes: ['read:user'] }),
        await admin.createToken(person, { name: 'disinto-b', scopes: ['read:user'] }),
      ];
      await admin.deleteToken(person, 'disinto-a');
      await admin.deleteToken(person, 'disinto-a');
      expect([await admin.tokenOwner(first), await admin.tokenOwner(second)]).toEqual([null, person.login]);
      await expect(admin.deleteToken({ ...person, password: 'wrong-pass-1' }, 'disinto-b')).rejects.toMatchObject({ kind: 'auth' });
    });

    it('hasScope: what the token may do and nothing else, and nothing is changed by asking', async () => {
      const { admin, account } = world();
      const person = await account();
      const scopes = ['write:repository', 'write:issue', 'read:user', 'write:user', 'write:organization', 'write:admin'] as const;
      for (const scope of scopes) {
        const token = await admin.createToken(person, { name: scope, scopes: scope === 'write:user' ? [scope, 'write:repository'] : [scope] });
        const has = await Promise.all(scopes.map((each) => admin.hasScope(each, token)));
        expect(scopes.filter((_, at) => has[at])).toEqual(scope === 'write:user' ? ['write:repository', 'read:user', 'write:user'] : [scope]);
      }
      expect(await Promise.all(scopes.map((scope) => admin.hasScope(scope)))).not.toContain(false);
      expect(await admin.isOrganisation(person.login)).toBe(false);
    });

    it('tokenOwner: null for what is no token; says so when the token may not tell', async () => {
      const { admin, account } = world();
      expect(await admin.tokenOwner('0123456789012345678901234567890123456789')).toBeNull();
      await expect(admin.tokenOwner('two words')).rejects.toMatchObject({ kind: 'auth' });
      const mute = await admin.createToken(await account(), { name: 'mute', scopes: ['write:issue'] });
      await expect(admin.tokenOwner(mute)).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('gitAccepts: by token and by password, for who may write, and for nobody who may not even see it', async () => {
      const { admin, account, repository } = world();
      const name = await repository({ private: true });
      const [writer, stranger] = [await account('writer'), await account('stranger')];
      await admin.setCollaborator(name, writer.login, 'write');
      const token = await admin.createToken(writer, { name: 'git', scopes: ['write:repository'] });
      const weak = await admin.createToken(writer, { name: 'weak', scopes: ['read:repository'] });
      const accepts = (login: string, secret: string): Promise<boolean> => admin.gitAccepts(name, login, secret);
      expect([await accepts(writer.login, token), await accepts(writer.login, writer.password)]).toEqual([true, true]);
      expect([await accepts(writer.login, weak), await accepts(writer.login, 'wrong-pass-1')]).toEqual([false, false]);
      expect(await accepts(stranger.login, stranger.password)).toBe(false);
      await expect(admin.gitAccepts(`${name}-not`, writer.login, token)).rejects.toMatchObject({ kind: 'not-found' });
    });
  });
}
