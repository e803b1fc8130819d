import { describe, expect, it } from 'vitest';
import type { AdminWorld } from '../world.ts';

export function rightContract(world: () => AdminWorld): void {
  describe('rights and labels', () => {
    it('setCollaborator and listCollaborators: each right, changed in place, without the owner', async () => {
      const { admin, account, repository } = world();
      const name = await repository();
      expect(await admin.listCollaborators(name)).toEqual([]);
      const people = [await account(), await account(), await account()];
      const rights = ['read', 'write', 'admin'] as const;
      for (const [at, { login }] of people.entries()) await admin.setCollaborator(name, login, rights[at] ?? 'read');
      const listed = async (): Promise<unknown> => (await admin.listCollaborators(name)).toSorted((a, b) => (a.login < b.login ? -1 : 1));
      const byLogin = people.map(({ login }, at) => ({ login, permission: rights[at] })).toSorted((a, b) => (a.login < b.login ? -1 : 1));
      expect(await listed()).toEqual(byLogin);
      await admin.setCollaborator(name, people[2]?.login ?? '', 'read');
      expect(await listed()).toEqual(byLogin.map((each) => (each.login === people[2]?.login ? { ...each, permission: 'read' } : each)));
    });

    it('setCollaborator: somebody who is not there is refused', async () => {
      const { admin, repository } = world();
      await expect(admin.setCollaborator(await repository(), 'nobody-of-that-name', 'read')).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('removeCollaborator: gone; gone already is fine, as is somebody who is not there', async () => {
      const { admin, account, repository } = world();
      const [name, { login }] = [await repository(), await account()];
      await admin.setCollaborator(name, login, 'write');
      for (const gone of [login, login, 'nobody-of-that-name']) await admin.removeCollaborator(name, gone);
      expect(await admin.listCollaborators(name)).toEqual([]);
    });

    it('createLabel and listLabels: as they were asked for, beyond one page', async () => {
      const { admin, repository } = world();
      const name = await repository();
      expect(await admin.listLabels(name)).toEqual([]);
      await admin.createLabel(name, { name: 'prediction/unreviewed', colour: '#A2EEEF', description: 'waits ä' });
      expect(await admin.listLabels(name)).toEqual([{ id: expect.any(Number), name: 'prediction/unreviewed', colour: 'a2eeef', description: 'waits ä' }]);
      for (let at = 1; at <= 60; at += 1) await admin.createLabel(name, { name: `l${at}`, colour: 'cccccc', description: '' });
      expect((await admin.listLabels(name)).length).toBe(61);
      await expect(admin.createLabel(name, { name: 'x', colour: 'red', description: '' })).rejects.toMatchObject({ kind: 'invalid' });
    }, 60_000);

    it('deleteLabel: gone; gone already is fine', async () => {
      const { admin, repository } = world();
      const name = await repository();
      await admin.createLabel(name, { name: 'a', colour: 'cccccc', description: '' });
      await admin.createLabel(name, { name: 'b', colour: 'cccccc', description: '' });
      const id = (await admin.listLabels(name)).find((each) => each.name === 'a')?.id ?? 0;
      await admin.deleteLabel(name, id);
      await admin.deleteLabel(name, id);
      expect((await admin.listLabels(name)).map((each) => each.name)).toEqual(['b']);
    });
  });
}
