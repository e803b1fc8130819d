import { beforeAll, describe, expect, it } from 'vitest';
import type { PullRequest } from '#domain/pull-request';
import { type Contract, eventually } from '../part.ts';
import type { TestRepository } from '../world.ts';

/** A pull request from somebody else's repository. One story: each case builds on those before it. */
export function forkContract({ make, shows }: Contract): void {
  describe('a pull request from a fork', () => {
    let repository: TestRepository;
    let fork: string;
    let theirs: PullRequest;
    /** Commits a file onto a branch of the fork; `from`: the branch is made from this one. */
    const commit = async (path: string, branch: string, from?: string): Promise<void> => {
      const where = from === undefined ? { branch } : { branch: from, new_branch: branch };
      const files = [{ operation: 'create', path, content: 'eA==' }];
      const answer = await repository.api('outsider', 'POST', `repos/${fork}/contents`, { ...where, files, message: `Add ${path}` });
      if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    };
    beforeAll(async () => {
      repository = await make();
      fork = `outsider/${repository.name.split('/')[1]}`;
      await repository.forge('outsider').createIssue({ title: 'Wanted', body: '', labels: [] });
      expect((await repository.api('outsider', 'POST', `repos/${repository.name}/forks`, {})).status).toBe(202);
      await commit('theirs.txt', 'fix/issue-1', 'main');
      const draft = { branch: 'outsider:fix/issue-1', base: 'main', title: 'From outside', body: 'Fixes #1' };
      theirs = (await repository.forge('outsider').ensurePullRequest(draft)).pullRequest;
    });

    it('is named owner:branch, so that it never looks like a branch of ours', async () => {
      const forge = repository.forge('dev');
      expect(theirs).toMatchObject({ author: 'outsider', branch: 'outsider:fix/issue-1', base: 'main', state: 'open' });
      expect((await forge.listOpenPullRequests()).map((each) => each.branch)).toEqual(['outsider:fix/issue-1']);
      expect(await forge.findBranch('fix/issue-1')).toBeNull();
      expect(await forge.findBranch('outsider:fix/issue-1')).toBeNull();
    });

    it('is opened once', async () => {
      const draft = { branch: 'outsider:fix/issue-1', base: 'main', title: 'Again', body: '' };
      const again = await repository.forge('outsider').ensurePullRequest(draft);
      expect([again.created, again.pullRequest.number]).toEqual([false, theirs.number]);
      shows('ensurePullRequest', 'found');
    });

    it('does not stand in the way of a branch of ours with the same name', async () => {
      await repository.push('dev', 'fix/issue-1', { 'ours.txt': 'x' });
      const forge = repository.forge('dev');
      const ours = await forge.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'Ours', body: '' });
      expect([ours.created, ours.pullRequest.branch]).toEqual([true, 'fix/issue-1']);
      expect((await forge.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'Ours', body: '' })).pullRequest.number).toBe(
        ours.pullRequest.number,
      );
      await forge.ensureBranchDeleted('fix/issue-1');
      await expect.poll(async () => (await forge.findPullRequest(ours.pullRequest.number))?.state, eventually).toBe('closed');
      expect(await forge.findPullRequest(theirs.number)).toMatchObject({ state: 'open', head: theirs.head });
      shows('ensurePullRequest', 'created', 'found');
    });

    it('follows its branch, can be fetched, reviewed and given statuses', async () => {
      await commit('more.txt', 'fix/issue-1');
      const forge = repository.forge('dev');
      await expect.poll(async () => (await forge.findPullRequest(theirs.number))?.head, eventually).not.toBe(theirs.head);
      const head = (await forge.findPullRequest(theirs.number))?.head ?? theirs.head;
      const fetched = async (): Promise<string | undefined> => {
        await repository.git('dev', 'fetch', '-q', 'origin', `refs/pull/${theirs.number}/head`);
        return (await repository.git('dev', 'rev-parse', 'FETCH_HEAD'))?.trim();
      };
      await expect.poll(fetched, eventually).toBe(head);
      expect(await repository.forge('reviewer').submitReview(theirs.number, { verdict: 'approved', head, body: 'Good.', comments: [] })).toBe('submitted');
      await repository.forge('ci').postStatus(head, { context: 'ci/test', state: 'success', description: '', targetUrl: null });
      expect(await forge.listReviews(theirs.number)).toMatchObject([{ head, stale: false }]);
      expect(await forge.listStatuses(head)).toMatchObject([{ context: 'ci/test', creator: 'ci' }]);
      shows('submitReview', 'submitted');
    });

    it('merges like any other, and closes what it fixes', async () => {
      const forge = repository.forge('merger');
      const head = (await forge.findPullRequest(theirs.number))?.head ?? theirs.head;
      const merge = async (): Promise<string> => (await forge.mergePullRequest(theirs.number, { head, title: 'Merge it', message: '' })).kind;
      await expect.poll(merge, eventually).toBe('merged');
      expect(await forge.findPullRequest(theirs.number)).toMatchObject({ state: 'merged', mergedBy: 'merger', branch: 'outsider:fix/issue-1', head });
      await expect.poll(async () => (await forge.findIssue(1))?.state, eventually).toBe('closed');
      shows('mergePullRequest', 'merged');
    });

    it('is closed when its fork is removed; what is left is named fork:branch', async () => {
      await commit('last.txt', 'late', 'main');
      const draft = { branch: 'outsider:late', base: 'main', title: 'Late', body: '' };
      const { pullRequest } = await repository.forge('outsider').ensurePullRequest(draft);
      expect((await repository.api('admin', 'DELETE', `repos/${fork}`)).status).toBe(204);
      const forge = repository.forge('dev');
      await expect
        .poll(() => forge.findPullRequest(pullRequest.number), eventually)
        .toMatchObject({
          state: 'closed',
          branch: 'fork:late',
          head: pullRequest.head,
        });
      expect(await forge.findPullRequest(theirs.number)).toMatchObject({ state: 'merged', branch: 'fork:fix/issue-1' });
      expect((await repository.forge('merger').mergePullRequest(pullRequest.number, { head: pullRequest.head, title: 'x', message: '' })).kind).toBe('blocked');
      shows('mergePullRequest', 'blocked');
    });
  });
}
