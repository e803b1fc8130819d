import { describe, expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import type { Contract } from '../part.ts';

export function commitContract({ make, shared, branch, shows }: Contract): void {
  describe('statuses', () => {
    it('are listed with who posted them, newest with the highest id', async () => {
      const repository = await shared();
      const name = branch();
      const head = asSha((await repository.push('dev', name, { 'b.txt': name })) ?? '');
      const status = { context: 'ci/test', description: 'runs', targetUrl: 'http://ci.example/1' };
      await repository.forge('ci').postStatus(head, { ...status, state: 'pending' });
      await repository.forge('ci').postStatus(head, { ...status, state: 'success', description: 'ok' });
      await repository.forge('dev').postStatus(head, { ...status, state: 'success', targetUrl: null });
      const found = (await repository.forge('dev').listStatuses(head)).toSorted((a, b) => a.id - b.id);
      expect(found).toMatchObject([
        { context: 'ci/test', state: 'pending', description: 'runs', targetUrl: 'http://ci.example/1', creator: 'ci' },
        { state: 'success', description: 'ok', creator: 'ci' },
        { state: 'success', targetUrl: null, creator: 'dev' },
      ]);
      shows('postStatus', 'done');
      shows('listStatuses', 'some');
    });

    it('do not move the time of their pull request', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const name = branch();
      const head = asSha((await repository.push('dev', name, { 'b.txt': name })) ?? '');
      const { pullRequest } = await forge.ensurePullRequest({ branch: name, base: 'main', title: 'B', body: '' });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await repository.forge('ci').postStatus(head, { context: 'ci/test', state: 'failure', description: 'red', targetUrl: null });
      expect((await forge.findPullRequest(pullRequest.number))?.updatedAt).toEqual(pullRequest.updatedAt);
    });

    it('of a commit that nobody judged are none; posting one needs write access', async () => {
      const repository = await shared();
      const name = branch();
      const head = asSha((await repository.push('dev', name, { 'b.txt': name })) ?? '');
      expect(await repository.forge('dev').listStatuses(head)).toEqual([]);
      const status = { context: 'ci/test', state: 'success', description: '', targetUrl: null } as const;
      await expect(repository.forge('outsider').postStatus(head, status)).rejects.toMatchObject({ kind: 'forbidden' });
      shows('listStatuses', 'none');
      shows('postStatus', 'error forbidden');
    });
  });

  describe('a commit that the forge does not have', () => {
    it('has no statuses and takes none', async () => {
      const forge = (await shared()).forge('dev');
      const nowhere = asSha('1'.repeat(40));
      await expect(forge.listStatuses(nowhere)).rejects.toMatchObject({ kind: 'not-found' });
      const status = { context: 'ci/test', state: 'success', description: '', targetUrl: null } as const;
      await expect(forge.postStatus(nowhere, status)).rejects.toMatchObject({ kind: 'not-found' });
      shows('listStatuses', 'error not-found');
      shows('postStatus', 'error not-found');
    });
  });

  describe('branches', () => {
    it('are found with their head, or null', async () => {
      const repository = await shared();
      const name = branch();
      const head = await repository.push('dev', name, { 'b.txt': name });
      const forge = repository.forge('dev');
      expect(await forge.findBranch(name)).toEqual({
        name,
        head,
        protected: false,
        requiredContexts: [],
        requiredApprovals: 0,
      });
      expect(await forge.findBranch(`${name}-2`)).toBeNull();
      shows('findBranch', 'found', 'null');
    });

    it('show what protects them to any write collaborator, unlike the protection itself', async () => {
      const repository = await make();
      await repository.protect({ contexts: ['ci/lint', 'ci/test'], approvals: 1, mergers: ['merger'] });
      expect(await repository.forge('dev').findBranch('main')).toMatchObject({
        protected: true,
        requiredContexts: ['ci/lint', 'ci/test'],
        requiredApprovals: 1,
      });
      expect((await repository.raw('dev', 'GET', 'branch_protections/main')).status).toBe(403);
      shows('findBranch', 'found');
    });

    it('are deleted, twice', async () => {
      const repository = await shared();
      const name = branch();
      await repository.push('dev', name, { 'b.txt': name });
      const forge = repository.forge('dev');
      for (const turn of [1, 2]) await forge.ensureBranchDeleted(name).then(() => turn);
      expect(await forge.findBranch(name)).toBeNull();
      shows('ensureBranchDeleted', 'done', 'again');
    });
  });
}
