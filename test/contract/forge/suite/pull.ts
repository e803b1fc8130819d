import { describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';

export function pullContract({ make, shared, branch, shows }: Contract): void {
  describe('pull requests', () => {
    const draft = { branch: 'fix/issue-1', base: 'main', title: 'Fix it', body: 'Fixes #1' };

    it('are created once for a branch and a base', async () => {
      const repository = await make();
      const forge = repository.forge('dev');
      const head = await repository.push('dev', draft.branch, { 'b.txt': 'b' });
      const first = await forge.ensurePullRequest(draft);
      const second = await repository.forge('dev').ensurePullRequest({ ...draft, title: 'Other' });
      expect([first.created, second.created]).toEqual([true, false]);
      expect(second.pullRequest).toEqual(first.pullRequest);
      expect(first.pullRequest).toMatchObject({
        title: 'Fix it',
        body: 'Fixes #1',
        author: 'dev',
        state: 'open',
        draft: false,
        branch: draft.branch,
        base: 'main',
        head,
        mergeCommit: null,
        mergedBy: null,
      });
      expect(await forge.listOpenPullRequests()).toEqual([first.pullRequest]);
      expect(await forge.findPullRequest(first.pullRequest.number)).toEqual(first.pullRequest);
      shows('ensurePullRequest', 'created', 'found');
      shows('findPullRequest', 'found');
      shows('listOpenPullRequests', 'some');
    });

    it('follow a push, which moves their time, and take a new body, twice', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const name = branch();
      await repository.push('dev', name, { 'b.txt': name });
      const { pullRequest } = await forge.ensurePullRequest({ ...draft, branch: name });
      const head = await repository.push('dev', name, { 'b.txt': 'c' });
      const now = await forge.findPullRequest(pullRequest.number);
      expect(now?.head).toBe(head);
      expect(now?.updatedAt.getTime()).toBeGreaterThanOrEqual(pullRequest.updatedAt.getTime());
      expect((await forge.changes(pullRequest.updatedAt)).map((each) => each.number)).toContain(pullRequest.number);
      for (const turn of [1, 2]) await forge.ensurePullRequestBody(pullRequest.number, 'Fixes #1\n\nMore').then(() => turn);
      expect((await forge.findPullRequest(pullRequest.number))?.body).toBe('Fixes #1\n\nMore');
      shows('ensurePullRequestBody', 'done', 'again');
    });

    it('close like issues do, and keep branch and head', async () => {
      const repository = await make();
      const forge = repository.forge('dev');
      const head = await repository.push('dev', draft.branch, { 'b.txt': 'b' });
      const { number } = (await forge.ensurePullRequest(draft)).pullRequest;
      await forge.ensureClosed(number);
      await forge.ensureBranchDeleted(draft.branch);
      expect(await forge.findPullRequest(number)).toMatchObject({ state: 'closed', branch: draft.branch, head });
      expect(await forge.listOpenPullRequests()).toEqual([]);
      shows('listOpenPullRequests', 'none');
    });

    it('without any change, or from a branch that is not there, are refused', async () => {
      const forge = (await shared()).forge('dev');
      await expect(forge.ensurePullRequest({ ...draft, branch: 'nosuch' })).rejects.toMatchObject({ kind: 'not-found' });
      await expect(forge.ensurePullRequest({ ...draft, branch: 'main' })).rejects.toMatchObject({ kind: 'invalid' });
      shows('ensurePullRequest', 'error not-found', 'error invalid');
    });
  });
}
