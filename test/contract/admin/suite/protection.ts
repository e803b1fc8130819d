import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ProtectionRule, StandingRule } from '#forge/admin';
import type { AdminWorld } from '../world.ts';
import { open } from './rule.ts';

async function staffed(
  { admin, account, repository }: AdminWorld,
  hidden = true,
): Promise<{ readonly name: string; readonly writer: string; readonly reader: string }> {
  const [name, writer, reader] = [await repository({ private: hidden }), await account('writer'), await account('reader')];
  await admin.setCollaborator(name, writer.login, 'write');
  await admin.setCollaborator(name, reader.login, 'read');
  return { name, writer: writer.login, reader: reader.login };
}

export function protectionContract(world: () => AdminWorld): void {
  describe('protection', () => {
    it('createProtection: stands as asked, every field', async () => {
      const { admin } = world();
      const { name, writer, reader } = await staffed(world());
      const rule: Required<ProtectionRule> = {
        name: 'main',
        push: 'nobody',
        merge: { only: [writer] },
        approvals: { required: 1, by: { only: [reader] } },
        dismissStaleApprovals: true,
        blockOnRejectedReviews: true,
        requiredContexts: ['ci/test', 'ci/*'],
        protectedFiles: ['vault/actions/**', 'vault/policy.toml'],
        unprotectedFiles: ['evidence/**', 'portfolio.md'],
        appliesToAdmins: true,
      };
      expect(await admin.listProtections(name)).toEqual([]);
      await admin.createProtection(name, rule);
      expect(await admin.listProtections(name)).toEqual([rule]);
    });

    it('createProtection: binds administrators unless it protects files', async () => {
      const { admin, repository } = world();
      const name = await repository();
      await admin.createProtection(name, open);
      await admin.createProtection(name, { ...open, name: 'ops', protectedFiles: ['vault/**'] });
      const all = await admin.listProtections(name);
      expect(all.map((rule) => [rule.name, rule.appliesToAdmins])).toEqual([
        ['main', true],
        ['ops', false],
      ]);
    });

    it('createProtection: a login that lacks the right is an error that names it, one that is not there is refused', async () => {
      const { admin } = world();
      const { name, reader } = await staffed(world());
      const early = admin.createProtection(name, { ...open, merge: { only: [reader] } });
      await expect(early).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(reader) });
      const nobody = admin.createProtection(name, { ...open, name: 'other', push: { only: ['nobody-of-that-name'] } });
      await expect(nobody).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('createProtection: on a public repository a reader counts for no approval', async () => {
      const { admin } = world();
      const { name, writer, reader } = await staffed(world(), false);
      await admin.createProtection(name, { ...open, approvals: { required: 1, by: { only: [writer] } } });
      const read = admin.editProtection(name, 'main', { approvals: { required: 1, by: { only: [writer, reader] } } });
      await expect(read).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(reader) });
    });

    it('createProtection: there a restricted reader counts, once a collaborator was taken away and rights were counted anew', async () => {
      const { admin, fresh } = world();
      const { name, writer } = await staffed(world(), false);
      const reader = fresh('restricted');
      await admin.createAccount({ login: reader, password: 'pass-word-1', email: `${reader}@example.org`, fullName: '', restricted: true });
      expect(await admin.findAccount(reader)).toMatchObject({ restricted: true });
      await admin.setCollaborator(name, reader, 'read');
      await admin.removeCollaborator(name, writer);
      await admin.createProtection(name, { ...open, approvals: { required: 1, by: { only: [reader] } } });
      expect((await admin.listProtections(name)).map(({ approvals }) => approvals.by)).toEqual([{ only: [reader] }]);
    });

    it('createProtection: a second one of the same name is refused, and the first stays', async () => {
      const { admin, repository } = world();
      const name = await repository();
      await admin.createProtection(name, { ...open, push: 'nobody' });
      await expect(admin.createProtection(name, open)).rejects.toMatchObject({ kind: 'forbidden' });
      expect((await admin.listProtections(name)).map(({ push }) => push)).toEqual(['nobody']);
    });

    it('editProtection: changes what is named and leaves the rest', async () => {
      const { admin } = world();
      const { name, writer, reader } = await staffed(world());
      const before: Required<ProtectionRule> = {
        ...open,
        push: 'nobody',
        approvals: { required: 2, by: { only: [reader] } },
        requiredContexts: ['ci/test'],
        protectedFiles: ['a/**'],
        unprotectedFiles: ['b/**'],
        appliesToAdmins: false,
      };
      await admin.createProtection(name, before);
      const changes: readonly Partial<ProtectionRule>[] = [
        { push: { only: [writer] } },
        { merge: { only: [writer] }, dismissStaleApprovals: true },
        { approvals: { required: 1, by: 'writers' }, appliesToAdmins: true },
        { requiredContexts: null, blockOnRejectedReviews: true },
        { protectedFiles: [], unprotectedFiles: ['c/**'] },
        { push: 'writers', merge: 'writers' },
        { push: 'nobody', requiredContexts: ['ci/other'] },
      ];
      let stands = before;
      for (const change of changes) {
        await admin.editProtection(name, 'main', change);
        stands = { ...stands, ...change };
        expect(await admin.listProtections(name)).toEqual([stands]);
      }
    });

    it('editProtection: one that is not there is not found', async () => {
      const { admin, repository } = world();
      await expect(admin.editProtection(await repository(), 'main', { push: 'nobody' })).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('inspectProtections: tells one rule from another of its name, and every change of it', async () => {
      const { admin, repository, ask } = world();
      const name = await repository();
      const look = async (): Promise<StandingRule | undefined> => (await admin.inspectProtections(name))[0];
      expect(await admin.inspectProtections(name)).toEqual([]);
      await admin.createProtection(name, open);
      const first = await look();
      expect(first).toMatchObject({ rule: open, madeAt: expect.stringMatching(/^\d{4}-/) });
      expect(await look()).toEqual(first);
      await wait(1100);
      await ask('PATCH', `repos/${name}/branch_protections/main`, { block_on_outdated_branch: true });
      const changed = await look();
      expect([changed?.madeAt, changed?.whole === first?.whole]).toEqual([first?.madeAt, false]);
      await ask('PATCH', `repos/${name}/branch_protections/main`, { block_on_outdated_branch: false });
      expect(await look()).toEqual(first);
      await admin.deleteProtection(name, 'main');
      await admin.createProtection(name, open);
      expect((await look())?.madeAt).not.toBe(first?.madeAt);
    });

    it('protectionInEffect: the rule that the forge applies, by priority where it has them', async () => {
      const { admin, repository, ask } = world();
      const name = await repository();
      expect([await admin.protectionInEffect(name, 'main'), await admin.protectionInEffect(name, 'other')]).toEqual([null, undefined]);
      await admin.createProtection(name, { ...open, name: '{MAIN,main,release/*}' });
      expect(await admin.protectionInEffect(name, 'main')).toBe('{MAIN,main,release/*}');
      await admin.createProtection(name, { ...open, name: 'other' });
      await admin.deleteProtection(name, '{MAIN,main,release/*}');
      expect(await admin.protectionInEffect(name, 'main')).toBeNull();
      await admin.createProtection(name, { ...open, name: 'MAIN' });
      expect(await admin.protectionInEffect(name, 'main')).toBe('MAIN');
      await admin.deleteProtection(name, 'MAIN');
      await admin.createProtection(name, open);
      await admin.createProtection(name, { ...open, name: 'm*' });
      expect(await admin.protectionInEffect(name, 'main')).toBe('main');
      const hasPriorities = (await admin.inspectProtections(name)).every(({ priority }) => priority !== null);
      await ask('PATCH', `repos/${name}/branch_protections/m%2A`, { priority: -1 });
      expect(await admin.protectionInEffect(name, 'main')).toBe(hasPriorities ? 'm*' : 'main');
    });

    it('deleteProtection: gone, also of a glob; gone already is fine', async () => {
      const { admin, repository } = world();
      const name = await repository();
      await admin.createProtection(name, open);
      await admin.createProtection(name, { ...open, name: 'release/*' });
      await admin.editProtection(name, 'release/*', { push: 'nobody' });
      for (let times = 0; times < 2; times += 1) await admin.deleteProtection(name, 'release/*');
      expect((await admin.listProtections(name)).map((rule) => rule.name)).toEqual(['main']);
    });
  });
}
