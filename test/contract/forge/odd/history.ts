import { describe, expect, it } from 'vitest';
import type { PullRequest } from '#domain/pull-request';
import { type Contract, eventually } from '../part.ts';
import type { TestRepository } from '../world.ts';

const words = { title: 'Merge it', message: 'Because.' };

/** Pull requests that were closed, forced, dismissed or orphaned, and labels that were renamed or deleted. */
export function historyContract({ make, shared, branch, shows }: Contract): void {
  const open = async (where = shared): Promise<{ repository: TestRepository; pull: PullRequest }> => {
    const repository = await where();
    const name = branch();
    await repository.push('dev', name, { [`${name}.txt`]: `${name}\n` });
    return { repository, pull: (await repository.forge('dev').ensurePullRequest({ branch: name, base: 'main', title: name, body: '' })).pullRequest };
  };

  describe('a pull request', () => {
    it('that was closed unmerged keeps branch and head, is listed no more, makes way for a second one, and can be reopened', async () => {
      const { repository, pull } = await open();
      const forge = repository.forge('dev');
      await forge.ensureClosed(pull.number);
      expect(await forge.findPullRequest(pull.number)).toMatchObject({
        state: 'closed',
        branch: pull.branch,
        head: pull.head,
        mergeCommit: null,
        mergedBy: null,
      });
      expect((await forge.listOpenPullRequests()).map((each) => each.number)).not.toContain(pull.number);
      expect((await forge.changes(pull.updatedAt)).find((each) => each.number === pull.number)?.issue.state).toBe('closed');
      const second = await forge.ensurePullRequest({ branch: pull.branch, base: 'main', title: 'Again', body: '' });
      expect([second.created, second.pullRequest.number === pull.number]).toEqual([true, false]);
      await forge.ensureClosed(second.pullRequest.number);
      await forge.ensureReopened(pull.number);
      expect(await forge.findPullRequest(pull.number)).toMatchObject({ state: 'open', head: pull.head });
      shows('ensureReopened', 'done');
      shows('ensurePullRequest', 'created');
    });

    it('whose branch is deleted while it is open is closed, keeps its names, and cannot be merged', async () => {
      const { repository, pull } = await open();
      const forge = repository.forge('merger');
      await forge.ensureBranchDeleted(pull.branch);
      await expect.poll(() => forge.findPullRequest(pull.number), eventually).toMatchObject({ state: 'closed', branch: pull.branch, head: pull.head });
      expect((await forge.mergePullRequest(pull.number, { head: pull.head, ...words })).kind).toBe('blocked');
      shows('mergePullRequest', 'blocked');
    });

    it('whose head was forced elsewhere has that head, its review is stale, and the old head is not merged', async () => {
      const { repository, pull } = await open();
      const forge = repository.forge('merger');
      await repository.forge('reviewer').submitReview(pull.number, { verdict: 'approved', head: pull.head, body: 'Good.', comments: [] });
      const tree = ['-B', 'forced', 'origin/main'];
      await repository.git('dev', 'checkout', '-q', ...tree);
      await repository.git('dev', 'rm', '-q', 'README.md');
      await repository.git('dev', 'commit', '-q', '-m', 'Something else');
      await repository.git('dev', 'push', '-q', '--force', 'origin', `HEAD:refs/heads/${pull.branch}`);
      const head = (await repository.git('dev', 'rev-parse', 'HEAD'))?.trim();
      await expect.poll(async () => (await forge.findPullRequest(pull.number))?.head, eventually).toBe(head);
      await expect.poll(() => forge.listReviews(pull.number), eventually).toMatchObject([{ head: pull.head, verdict: 'approved', stale: true }]);
      const merge = async (): Promise<string> => (await forge.mergePullRequest(pull.number, { head: pull.head, ...words })).kind;
      await expect.poll(merge, eventually).toBe('head-moved');
      expect((await forge.findPullRequest(pull.number))?.state).toBe('open');
      shows('mergePullRequest', 'head-moved');
    });

    it('whose approval was dismissed, or is stale where those are dismissed, is blocked', async () => {
      const { repository, pull } = await open(make);
      const rule = {
        rule_name: 'main',
        required_approvals: 1,
        enable_merge_whitelist: true,
        merge_whitelist_usernames: ['merger'],
        dismiss_stale_approvals: true,
      };
      await repository.raw('maintainer', 'POST', 'branch_protections', rule);
      const forge = repository.forge('merger');
      const reviewer = repository.forge('reviewer');
      const approve = async (head = pull.head): Promise<number> => {
        await reviewer.submitReview(pull.number, { verdict: 'approved', head, body: 'Good.', comments: [] });
        return (await forge.listReviews(pull.number)).at(-1)?.id ?? 0;
      };
      const merge = async (head = pull.head): Promise<string> => (await forge.mergePullRequest(pull.number, { head, ...words })).kind;
      const first = await approve();
      await repository.raw('maintainer', 'POST', `pulls/${pull.number}/reviews/${first}/dismissals`, { message: 'Looked too briefly.' });
      expect(await forge.listReviews(pull.number)).toMatchObject([{ id: first, dismissed: true, stale: false }]);
      await expect.poll(() => merge(), eventually).toBe('blocked');
      const second = await approve();
      const head = (await repository.push('dev', pull.branch, { 'more.txt': 'more\n' })) ?? pull.head;
      await expect
        .poll(async () => (await forge.listReviews(pull.number)).find((each) => each.id === second), eventually)
        .toMatchObject({ stale: true, dismissed: true });
      await expect.poll(() => merge(head), eventually).toBe('blocked');
      await approve(head);
      await expect.poll(() => merge(head), eventually).toBe('merged');
      shows('mergePullRequest', 'blocked', 'merged');
    });
  });

  describe('a label', () => {
    const labelled = async (...labels: string[]): Promise<{ repository: TestRepository; number: number; id: (name: string) => Promise<number> }> => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue({ title: 'Labelled', body: '', labels });
      const id = async (name: string): Promise<number> => {
        const carried = JSON.parse((await repository.raw('dev', 'GET', `issues/${number}/labels`)).body) as { id: number; name: string }[];
        return carried.find((each) => each.name === name)?.id ?? 0;
      };
      return { repository, number, id };
    };

    it('that was renamed is carried under its new name, also by the past; the old name is a label that is not there', async () => {
      const { repository, number, id } = await labelled('history-old');
      const forge = repository.forge('dev');
      await repository.raw('dev', 'PATCH', `labels/${await id('history-old')}`, { name: 'history-new' });
      expect((await forge.findIssue(number))?.labels).toEqual(new Set(['history-new']));
      expect((await forge.listTimeline(number)).map((each) => each.label)).toEqual(['history-new']);
      await repository.forge('dev').ensureLabels(number, { add: [], remove: ['history-old'] });
      expect((await forge.findIssue(number))?.labels).toEqual(new Set(['history-new']));
      await repository.forge('merger').ensureLabels(number, { add: ['history-old'], remove: ['history-new'] });
      expect((await forge.findIssue(number))?.labels).toEqual(new Set(['history-old']));
      shows('ensureLabels', 'done');
    });

    it('that an adapter knows and somebody renamed is removed by its new name', async () => {
      const { repository, number, id } = await labelled('history-known');
      const forge = repository.forge('dev');
      await forge.findIssue(number);
      await repository.raw('maintainer', 'PATCH', `labels/${await id('history-known')}`, { name: 'history-renamed' });
      await forge.findIssue(number);
      await forge.ensureLabels(number, { add: [], remove: ['history-known'] });
      expect((await forge.findIssue(number))?.labels).toEqual(new Set(['history-renamed']));
      await forge.ensureLabels(number, { add: [], remove: ['history-renamed'] });
      expect((await forge.findIssue(number))?.labels).toEqual(new Set());
      shows('ensureLabels', 'done');
    });

    it('that was deleted is gone from issues and from the past, and is made anew when asked for', async () => {
      const { repository, number, id } = await labelled('history-gone', 'history-kept');
      const forge = repository.forge('dev');
      await repository.raw('dev', 'DELETE', `labels/${await id('history-gone')}`);
      expect((await forge.findIssue(number))?.labels).toEqual(new Set(['history-kept']));
      expect((await forge.listTimeline(number)).map((each) => each.label)).toEqual(['history-kept']);
      // This adapter still knows the number of the label that is gone.
      const second = await forge.createIssue({ title: 'Labelled too', body: '', labels: ['history-gone', 'history-kept'] });
      expect(second.labels).toEqual(new Set(['history-gone', 'history-kept']));
      expect(await forge.findIssue(second.number)).toEqual(second);
      await forge.ensureLabels(number, { add: ['history-gone'], remove: [] });
      expect((await forge.findIssue(number))?.labels).toEqual(new Set(['history-gone', 'history-kept']));
      shows('ensureLabels', 'done');
      shows('createIssue', 'value');
    });
  });
}
