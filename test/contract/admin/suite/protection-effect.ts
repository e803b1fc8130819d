import { describe, expect, it } from 'vitest';
import type { AdminWorld } from '../world.ts';
import { open } from './rule.ts';

interface Person {
  readonly login: string;
  readonly secret: string;
}

async function writer({ admin, account }: AdminWorld, repository: string): Promise<Person> {
  const { login, password } = await account('writer');
  await admin.setCollaborator(repository, login, 'write');
  return { login, secret: password };
}

export function protectionEffectContract(world: () => AdminWorld): void {
  describe('what a protection does', () => {
    it('push: nobody means nobody, the list means the list', async () => {
      const { admin, push, repository } = world();
      const name = await repository();
      const [one, other] = [await writer(world(), name), await writer(world(), name)];
      await admin.createProtection(name, { ...open, push: 'nobody' });
      expect(await push(name, one, { 'a.txt': 'a\n' })).toContain('protected branch');
      expect(await push(name, one, { 'a.txt': 'a\n' }, 'side')).toBeNull();
      await admin.editProtection(name, 'main', { push: { only: [one.login] } });
      expect(await push(name, other, { 'b.txt': 'b\n' })).toContain('protected branch');
      expect(await push(name, one, { 'a.txt': 'a\n' })).toBeNull();
    });

    it('unprotected files: a push of nothing else passes, one that touches more does not', async () => {
      const { admin, push, repository } = world();
      const name = await repository();
      const person = await writer(world(), name);
      await admin.createProtection(name, { ...open, push: 'nobody', unprotectedFiles: ['evidence/**', 'portfolio.md', 'notes/*'] });
      const pushed = (files: Record<string, string>): Promise<string | null> => push(name, person, files);
      expect(await pushed({ 'evidence/2026/one.json': '{}\n', 'portfolio.md': 'x\n', 'notes/plain': 'x\n' })).toBeNull();
      expect(await pushed({ 'Evidence/two.json': '{}\n' })).toBeNull();
      // A single star stops at a dot as at a slash.
      for (const more of ['src/a.ts', 'evidence', 'portfolio.md.txt', 'notes/a.txt', 'x/evidence/a']) {
        expect(await pushed({ 'evidence/three.json': `${more}\n`, [more === 'evidence' ? 'evidences' : more]: 'x\n' }), more).toContain('protected branch');
      }
    });

    it('protected files: not even who may push may change them', async () => {
      const { admin, push, repository } = world();
      const name = await repository();
      const person = await writer(world(), name);
      const rule = { ...open, push: { only: [person.login] }, protectedFiles: ['vault/actions/**', '.woodpecker/**'], unprotectedFiles: ['vault/**'] };
      await admin.createProtection(name, rule);
      expect(await push(name, person, { 'src/a.ts': 'x\n' })).toBeNull();
      expect(await push(name, person, { 'vault/pending/x.toml': 'x\n' })).toBeNull();
      expect(await push(name, person, { 'vault/actions/x.toml': 'x\n' })).toContain('protected from changing file');
      expect(await push(name, person, { 'src/b.ts': 'x\n', '.woodpecker/ci.yaml': 'x\n' })).toContain('protected from changing file');
    });

    it('protected files: a pull request that changes them is merged by an administrator who insists, and nobody else', async () => {
      const { admin, push, repository } = world();
      const name = await repository();
      const person = await writer(world(), name);
      await admin.createProtection(name, { ...open, push: 'nobody', protectedFiles: ['vault/**'] });
      expect(await push(name, person, { 'vault/policy.toml': 'x\n' }, 'change')).toBeNull();
      const number = await openPull(world(), name, 'change');
      const token = await admin.createToken({ login: person.login, password: person.secret }, { name: 'm', scopes: ['write:repository'] });
      expect(await merge(world(), name, number, { token })).toBe(405);
      expect(await merge(world(), name, number, { force: true, token })).toBe(405);
      expect(await merge(world(), name, number, {})).toBe(405);
      expect(await merge(world(), name, number, { force: true })).toBe(200);
    });

    it('binding administrators: one who insists is refused as well', async () => {
      const { admin, push, repository } = world();
      const name = await repository();
      const person = await writer(world(), name);
      await admin.createProtection(name, { ...open, push: 'nobody', approvals: { required: 1, by: 'writers' }, appliesToAdmins: true });
      expect(await push(name, person, { 'src/a.ts': 'x\n' }, 'change')).toBeNull();
      const number = await openPull(world(), name, 'change');
      expect(await merge(world(), name, number, { force: true })).toBe(405);
      await admin.editProtection(name, 'main', { appliesToAdmins: false });
      expect(await merge(world(), name, number, { force: true })).toBe(200);
    });
  });
}

async function openPull({ ask }: AdminWorld, name: string, head: string): Promise<number> {
  const { status, body } = await ask('POST', `repos/${name}/pulls`, { head, base: 'main', title: `Change by ${head}` });
  expect(status).toBe(201);
  return body.number as number;
}

/** Asks until the forge knows whether it can be merged. */
async function merge({ ask }: AdminWorld, name: string, number: number, by: { readonly force?: boolean; readonly token?: string }): Promise<number> {
  const body = { Do: 'merge', force_merge: by.force ?? false };
  for (let times = 0; times < 100; times += 1) {
    const answer = await ask('POST', `repos/${name}/pulls/${number}/merge`, body, by.token);
    if (answer.status !== 405 || !String(answer.body.message).includes('try again later')) return answer.status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the forge never found out whether it can be merged');
}
