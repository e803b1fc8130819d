import { describe, expect, it } from 'vitest';
import type { AdminWorld } from '../world.ts';
import { open } from './rule.ts';

export function fileContract(world: () => AdminWorld): void {
  describe('files', () => {
    it('createFiles: several in one commit, in an empty repository and in one with commits', async () => {
      const { admin, ask, repository } = world();
      const name = await repository({ initialise: false });
      expect(await admin.listFiles(name, 'main')).toBeNull();
      await admin.createFiles(name, { branch: 'main', message: 'Begin ä', files: { 'README.md': '# hällo\n', 'a/b c/d.txt': 'one\n' } });
      await admin.createFiles(name, { branch: 'main', message: 'Go on', files: { 'vault/pending/.gitkeep': '', 'x.md': 'x' } });
      expect((await admin.listFiles(name, 'main'))?.toSorted()).toEqual(['README.md', 'a/b c/d.txt', 'vault/pending/.gitkeep', 'x.md']);
      expect((await ask('GET', `repos/${name}/commits`)).body.map((each: any) => each.commit.message.trim())).toEqual(['Go on', 'Begin ä']);
      expect(await admin.findRepository(name)).toMatchObject({ empty: false });
    });

    it('createFiles: on a new branch from another, which stays as it was', async () => {
      const { admin, repository } = world();
      const name = await repository();
      await admin.createFiles(name, { branch: 'fix/layout', from: 'main', message: 'Side', files: { 'b.txt': 'b' } });
      expect([await admin.listFiles(name, 'main'), await admin.listFiles(name, 'fix/layout')]).toEqual([['README.md'], ['README.md', 'b.txt']]);
      expect(await admin.readFile(name, 'fix/layout', 'b.txt')).toBe('b');
      await expect(admin.createFiles(name, { branch: 'x', from: 'nosuch', message: 'x', files: { c: 'c' } })).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('createFiles: a file that is there is refused, with all that came with it', async () => {
      const { admin, repository } = world();
      const name = await repository();
      const twice = admin.createFiles(name, { branch: 'main', message: 'x', files: { 'new.txt': 'n', 'README.md': 'over' } });
      await expect(twice).rejects.toMatchObject({ kind: 'invalid' });
      expect(await admin.listFiles(name, 'main')).toEqual(['README.md']);
      await expect(admin.createFiles(name, { branch: 'main', message: 'x', files: { '../out.txt': 'x' } })).rejects.toThrow('contents');
      expect(await admin.listFiles(name, 'main')).toEqual(['README.md']);
    });

    it('createFiles: what a protection keeps from everybody is forbidden, what it leaves open is not', async () => {
      const { admin, repository } = world();
      const name = await repository();
      await admin.createProtection(name, { ...open, push: 'nobody', protectedFiles: ['vault/actions/**'], unprotectedFiles: ['evidence/**', 'vault/**'] });
      const create = (path: string): Promise<void> => admin.createFiles(name, { branch: 'main', message: 'x', files: { [path]: 'x' } });
      await create('evidence/a.json');
      await expect(create('src/a.ts')).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(create('vault/actions/a.toml')).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('listFiles: every file, beyond one page; null for a branch that is not there', async () => {
      const { admin, push, repository, site } = world();
      const name = await repository();
      const files = Object.fromEntries(Array.from({ length: 1100 }, (_, at) => [`d${at % 7}/f${at}.txt`, `${at}\n`]));
      expect(await push(name, { login: site.admin.login, secret: site.admin.password }, files)).toBeNull();
      expect((await admin.listFiles(name, 'main'))?.toSorted()).toEqual([...Object.keys(files), 'README.md'].toSorted());
      expect(await admin.listFiles(name, 'nosuch')).toBeNull();
    });

    it('readFile: text as it is; null for a path or branch that is not there, and for a folder', async () => {
      const { admin, repository } = world();
      const name = await repository();
      const text = 'zeile ä\n'.repeat(4000);
      await admin.createFiles(name, { branch: 'main', message: 'x', files: { 'dir/ä #1.txt': text } });
      expect(await admin.readFile(name, 'main', 'dir/ä #1.txt')).toBe(text);
      expect([
        await admin.readFile(name, 'main', 'nosuch.txt'),
        await admin.readFile(name, 'nosuch', 'README.md'),
        await admin.readFile(name, 'main', 'dir'),
      ]).toEqual([null, null, null]);
    });
  });
}
