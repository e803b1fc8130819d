import { describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';

export function errorContract({ make, shared, shows }: Contract): void {
  describe('errors and accounts', () => {
    it('each account knows itself, with one call', async () => {
      const forge = (await shared()).forge('reviewer');
      expect(forge.forgeTime?.()).toBeNull();
      expect([await forge.me(), await forge.me(), forge.calls()]).toEqual(['reviewer', 'reviewer', 1]);
      expect(forge.forgeTime?.()).toBeInstanceOf(Date);
      shows('me', 'value');
      shows('calls', 'value');
      shows('forgeTime', 'null', 'found');
    });

    it('a bad token is auth everywhere, and never an empty list', async () => {
      const forge = (await shared()).forgeWith({ token: 'f'.repeat(40) });
      const asked = [forge.me(), forge.changes(null), forge.findIssue(1), forge.listOpenPullRequests(), forge.listComments(1)];
      for (const each of await Promise.allSettled(asked)) expect(each).toMatchObject({ status: 'rejected', reason: { kind: 'auth' } });
      for (const verb of ['me', 'changes', 'findIssue', 'listOpenPullRequests', 'listComments'] as const) shows(verb, 'error auth');
    });

    it('a repository that is not there is not-found, even where a missing item would be null', async () => {
      const forge = (await shared()).forgeWith({ repository: 'maintainer/nosuch' });
      const asked = [forge.changes(null), forge.findIssue(1), forge.findBranch('main'), forge.permission('dev')];
      for (const each of await Promise.allSettled(asked)) expect(each).toMatchObject({ status: 'rejected', reason: { kind: 'not-found' } });
      for (const verb of ['changes', 'findIssue', 'findBranch', 'permission'] as const) shows(verb, 'error not-found');
    });

    it('comments, reviews and timelines of nothing are not-found', async () => {
      const forge = (await shared()).forge('dev');
      const asked = [forge.listComments(99_999), forge.listReviews(99_999), forge.listTimeline(99_999), forge.ensureClosed(99_999)];
      for (const each of await Promise.allSettled(asked)) expect(each).toMatchObject({ status: 'rejected', reason: { kind: 'not-found' } });
      for (const verb of ['listComments', 'listReviews', 'listTimeline', 'ensureClosed'] as const) shows(verb, 'error not-found');
    });

    it('permissions are told to an administrator of the repository, and of oneself', async () => {
      const repository = await make();
      const forge = repository.forge('maintainer');
      await repository.raw('maintainer', 'PUT', 'collaborators/merger', { permission: 'admin' });
      const asked = ['maintainer', 'dev', 'reader', 'outsider', 'nobody-at-all', 'merger'] as const;
      const found = await Promise.all(asked.map((each) => forge.permission(each)));
      expect(found[0]).toBe('owner');
      expect(found.slice(1, 3)).toEqual(['write', 'read']);
      // A stranger may read a public repository; what counts is that it is no more than that.
      expect(['none', 'read']).toContain(found[3]);
      expect(found.slice(4)).toEqual(['none', 'admin']);
      expect(await repository.forge('dev').permission('dev')).toBe('write');
      shows('permission', 'owner', 'admin', 'write', 'read', 'none');
    });

    it('a refusal to tell a permission is an error, not "none"', async () => {
      const repository = await shared();
      await expect(repository.forge('reader').permission('dev')).rejects.toMatchObject({ kind: 'forbidden' });
      shows('permission', 'error forbidden');
    });
  });
}
