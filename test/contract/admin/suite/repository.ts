import { describe, expect, it } from 'vitest';
import type { RepositoryDraft } from '#forge/admin';
import type { AdminWorld } from '../world.ts';

const draft: Omit<RepositoryDraft, 'name'> = { private: true, description: 'about ä', defaultBranch: 'trunk', initialise: true };

export function repositoryContract(world: () => AdminWorld): void {
  describe('repositories', () => {
    it('createRepository: of the administrator, as asked', async () => {
      const { admin, site, fresh } = world();
      const name = `${site.admin.login}/${fresh('own')}`;
      expect(await admin.findRepository(name)).toBeNull();
      await admin.createRepository({ name, ...draft });
      const place = { name, empty: false, private: true, mirror: false, archived: false, defaultBranch: 'trunk', description: 'about ä' };
      const facts = { ...place, issues: true, pullRequests: true, mayAdminister: true };
      expect(await admin.findRepository(name)).toEqual(facts);
      expect(await admin.listFiles(name, 'trunk')).toEqual(['README.md']);
      expect([await admin.hasBranch(name, 'trunk'), await admin.hasBranch(name, 'trunk/2')]).toEqual([true, false]);
    });

    it('createRepository: empty when asked so', async () => {
      const { admin, repository } = world();
      const name = await repository({ initialise: false });
      expect(await admin.findRepository(name)).toMatchObject({ empty: true, defaultBranch: 'main' });
    });

    it('createRepository: of another account, and of an organisation, by a site administrator', async () => {
      const { admin, account, ask, fresh } = world();
      const owner = await account('owner');
      await admin.createRepository({ name: `${owner.login}/theirs`, ...draft });
      expect(await admin.findRepository(`${owner.login}/theirs`)).toMatchObject({ private: true, mayAdminister: true });
      const organisation = fresh('team');
      expect((await ask('POST', 'orgs', { username: organisation })).status).toBe(201);
      await admin.createRepository({ name: `${organisation}/shared`, ...draft });
      expect(await admin.findRepository(`${organisation}/shared`)).toMatchObject({ name: `${organisation}/shared`, mayAdminister: true });
      expect(await admin.isOrganisation(organisation)).toBe(true);
    });

    it('createRepository: of an organisation by its owner, who administers it, and by nobody else', async () => {
      const { admin, account, ask, by, fresh } = world();
      const [owner, other] = [await account('owner'), await account('other')];
      const scopes = ['write:organization', 'write:repository', 'read:user'];
      const [owned, foreign] = [await admin.createToken(owner, { name: 'o', scopes }), await admin.createToken(other, { name: 'o', scopes })];
      const organisation = fresh('team');
      expect((await ask('POST', 'orgs', { username: organisation }, owned)).status).toBe(201);
      await by(owned).createRepository({ name: `${organisation}/shared`, ...draft });
      expect(await by(owned).findRepository(`${organisation}/shared`)).toMatchObject({ mayAdminister: true });
      expect(await by(foreign).findRepository(`${organisation}/shared`)).toBeNull();
      await expect(by(foreign).createRepository({ name: `${organisation}/more`, ...draft })).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('createRepository: one that is there is a conflict, an owner who is not there is not found, a bad name is refused', async () => {
      const { admin, repository, site } = world();
      const name = await repository();
      await expect(admin.createRepository({ name, ...draft })).rejects.toMatchObject({ kind: 'conflict' });
      await expect(admin.createRepository({ name: 'nobody-of-that-name/x', ...draft })).rejects.toMatchObject({ kind: 'not-found' });
      await expect(admin.createRepository({ name: `${site.admin.login}/a b`, ...draft })).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('findRepository: hidden from who may not see it, shown without rights to who may only read', async () => {
      const { admin, account, by, repository } = world();
      const [hidden, shown] = [await repository({ private: true }), await repository()];
      const token = await admin.createToken(await account(), { name: 'r', scopes: ['read:repository', 'read:user'] });
      expect(await by(token).findRepository(hidden)).toBeNull();
      expect(await by(token).findRepository(shown)).toMatchObject({ name: shown, mayAdminister: false });
    });

    it('deleteRepository: gone with all it held, and its name is free again; gone already is fine', async () => {
      const { admin, ask, repository } = world();
      const name = await repository();
      await ask('POST', `repos/${name}/issues`, { title: 'x' });
      await admin.deleteRepository(name);
      await admin.deleteRepository(name);
      expect(await admin.findRepository(name)).toBeNull();
      await admin.createRepository({ name, ...draft });
      expect((await ask('GET', `repos/${name}/issues?state=all`)).body).toEqual([]);
    });
  });
}
