import { describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';

export function refContract({ make, shared }: Contract): void {
  describe('refs that are no branches', () => {
    it('C4: of two claimants that expect absence with a commit of their own, one wins', async () => {
      const repository = await shared();
      const claim = async (account: 'dev' | 'reviewer'): Promise<boolean> => {
        const commit = await repository.git(account, 'commit-tree', 'HEAD^{tree}', '-m', `claim by ${account}`);
        const refspec = `${commit?.trim()}:refs/disinto/claims/1`;
        return (await repository.git(account, 'push', '--force-with-lease=refs/disinto/claims/1:', 'origin', refspec)) !== null;
      };
      expect([await claim('dev'), await claim('reviewer')]).toEqual([true, false]);
      expect(await repository.git('merger', 'ls-remote', 'origin', 'refs/disinto/*')).toMatch(/^[0-9a-f]{40}\trefs\/disinto\/claims\/1\n$/);
    });

    it('notes and merge branches are accepted', async () => {
      const repository = await shared();
      expect(await repository.git('merger', 'push', 'origin', 'HEAD:refs/notes/disinto', 'HEAD:refs/heads/disinto/merge/5')).not.toBeNull();
      expect((await repository.forge('merger').findBranch('disinto/merge/5'))?.name).toBe('disinto/merge/5');
    });

    it('nobody but those allowed pushes to a protected main; readers push nothing', async () => {
      const repository = await make();
      await repository.protect({ contexts: [], approvals: 0, mergers: ['merger'] });
      expect(await repository.push('dev', 'main', { 'b.txt': 'b' })).toBeNull();
      expect(await repository.push('reader', 'fix/issue-9', { 'b.txt': 'b' })).toBeNull();
    });
  });
}
