import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Contract, eventually } from '../part.ts';
import { type Account, type Answer, type TestRepository, source } from '../world.ts';
import { openPull } from './measured.ts';

const json = <T>(answer: Answer): T => JSON.parse(answer.body) as T;
const words = (answer: Answer): string => (answer.body === '' ? '' : json<{ message: string }>(answer).message);
const rule = {
  rule_name: 'main',
  enable_push: false,
  required_approvals: 1,
  enable_status_check: true,
  status_check_contexts: ['ci/test'],
  enable_merge_whitelist: true,
  merge_whitelist_usernames: ['merger'],
  dismiss_stale_approvals: true,
  block_on_outdated_branch: false,
};

/** What was measured on real forges about protection, reviews, statuses and merging. One story: each case builds on those before it. */
export function measuredMergeContract({ make }: Contract): void {
  describe('as measured, from a pull request to its merge', () => {
    let repository: TestRepository;
    let head: string;
    const raw = (account: Account, method: string, path: string, body?: unknown): Promise<Answer> => repository.raw(account, method, path, body);
    /** Mergeability is found out in the background: asked again, bounded. */
    const merge = async (account: Account, commit = head): Promise<Answer> => {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await raw(account, 'POST', 'pulls/2/merge', { Do: 'merge', head_commit_id: commit });
        if (attempt === 200 || !/try again later/.test(answer.body)) return answer;
        await pause(100);
      }
    };
    const post = (account: Account, state: string): Promise<Answer> => raw(account, 'POST', `statuses/${head}`, { context: 'ci/test', state });
    beforeAll(async () => {
      repository = await make();
      await raw('maintainer', 'POST', 'issues', { title: 'Two' });
      head = await openPull(repository, 'Fixes #1');
    });

    it('a protection is made with 201, is told to no write collaborator, and shows on the branch', async () => {
      expect((await raw('maintainer', 'POST', 'branch_protections', rule)).status).toBe(201);
      expect((await raw('dev', 'GET', 'branch_protections/main')).status).toBe(403);
      expect(json(await raw('dev', 'GET', 'branches/main'))).toMatchObject({
        protected: true,
        enable_status_check: true,
        status_check_contexts: ['ci/test'],
        required_approvals: 1,
      });
    });

    it('a push to the protected branch is refused, unless there is nothing to push', async () => {
      await repository.git('dev', 'checkout', '-q', '-B', 'main', 'origin/main');
      expect(await repository.git('dev', 'push', 'origin', 'HEAD:main')).not.toBeNull();
      expect(await repository.push('dev', 'main', { 'b.txt': 'b' })).toBeNull();
      expect(await repository.push('maintainer', 'main', { 'b.txt': 'b' })).toBeNull();
    });

    it('a second pull request of the same branches is 409', async () => {
      expect((await raw('dev', 'POST', 'pulls', { head: 'fix/issue-1', base: 'main', title: 'Again' })).status).toBe(409);
    });

    it('an own approval is 422', async () => {
      const answer = await raw('dev', 'POST', 'pulls/2/reviews', { event: 'APPROVED', body: 'Mine', commit_id: head });
      expect([answer.status, words(answer)]).toEqual([422, 'approve your own pull is not allowed']);
    });

    it('a merge without approval and checks is 405 with the reason', async () => {
      const answer = await merge('merger');
      expect([answer.status, words(answer)]).toEqual([405, expect.stringMatching(/enough approvals|status checks/)]);
    });

    it('an approval of somebody who only reads is taken, and does not count', async () => {
      const answer = await raw('reader', 'POST', 'pulls/2/reviews', { event: 'APPROVED', body: 'Fine by me', commit_id: head });
      expect([answer.status, json(answer)]).toEqual([200, expect.objectContaining({ state: 'APPROVED', official: false })]);
      expect(words(await merge('merger'))).toMatch(/enough approvals|status checks/);
    });

    it('a review with a comment on a line is 200', async () => {
      const comments = [{ path: 'src/a.ts', new_position: 2, body: 'Loud' }];
      const answer = await raw('reviewer', 'POST', 'pulls/2/reviews', { event: 'APPROVED', body: 'Good', commit_id: head, comments });
      expect([answer.status, json(answer)]).toEqual([200, expect.objectContaining({ official: true, commit_id: head, comments_count: 1 })]);
      const [read] = json<object[]>(await raw('dev', 'GET', `pulls/2/reviews/${json<{ id: number }>(answer).id}/comments`));
      expect(read).toMatchObject({ path: 'src/a.ts', position: 2, body: 'Loud' });
    });

    it('a merge before the required checks is 405', async () => {
      const answer = await merge('merger');
      expect([answer.status, words(answer)]).toEqual([405, expect.stringContaining('Not all required status checks successful')]);
    });

    it('a status does not move the time of its pull request, tells who posted it, and any write collaborator may', async () => {
      const time = async (): Promise<string> => json<{ updated_at: string }>(await raw('dev', 'GET', 'pulls/2')).updated_at;
      const before = await time();
      await pause(1100);
      expect((await post('dev', 'failure')).status).toBe(201);
      expect((await post('ci', 'success')).status).toBe(201);
      expect(await time()).toBe(before);
      const listed = json<{ id: number; creator: { login: string } }[]>(await raw('dev', 'GET', `commits/${head}/statuses`));
      expect(listed.toSorted((a, b) => a.id - b.id).map((each) => each.creator.login)).toEqual(['dev', 'ci']);
    });

    it('a merge off the whitelist is 405', async () => {
      const answer = await merge('dev');
      expect([answer.status, words(answer)]).toEqual([405, 'User not allowed to merge PR']);
    });

    it('a merge of another head is 409', async () => {
      const answer = await merge('merger', '1'.repeat(40));
      expect([answer.status, words(answer)]).toEqual([409, expect.stringContaining('head out of date')]);
    });

    it('a merge is 200 and empty, a second one 405, and the pull request tells who merged what', async () => {
      const first = await merge('merger');
      expect([first.status, first.body]).toEqual([200, '']);
      const second = await merge('merger');
      expect([second.status, words(second)]).toEqual([405, 'The PR is already merged']);
      const main = json<{ commit: { id: string } }>(await raw('dev', 'GET', 'branches/main')).commit.id;
      expect(json(await raw('dev', 'GET', 'pulls/2'))).toMatchObject({ merged: true, merge_commit_sha: main, merged_by: { login: 'merger' } });
    });

    it('the merge closes the issue that the body fixes', async () => {
      await expect.poll(async () => json<{ state: string }>(await raw('dev', 'GET', 'issues/1')).state, eventually).toBe('closed');
    });

    it('the timeline of a pull request knows pull_push, review and merge_pull', async () => {
      const expected = ['pull_push', 'review', 'merge_pull', 'delete_branch'];
      const types = json<{ type: string }[]>(await raw('dev', 'GET', 'issues/2/timeline')).map((each) => each.type);
      expect(types.filter((each) => expected.includes(each))).toEqual(['pull_push', 'review', 'review', 'merge_pull']);
    });

    it('deleting the branch closes its open pull request, with delete_branch; on a merged one it leaves nothing', async () => {
      const fresh = await make();
      await openPull(fresh);
      expect((await fresh.raw('dev', 'DELETE', 'branches/fix/issue-1')).status).toBe(204);
      expect((await raw('merger', 'DELETE', 'branches/fix/issue-1')).status).toBe(204);
      const types = async (on: TestRepository, number: number): Promise<readonly string[]> =>
        json<{ type: string }[]>(await on.raw('dev', 'GET', `issues/${number}/timeline`)).map((each) => each.type);
      await expect.poll(() => types(fresh, 1), eventually).toEqual(['pull_push', 'close', 'delete_branch']);
      expect(json(await fresh.raw('dev', 'GET', 'pulls/1'))).toMatchObject({ state: 'closed', merged: false });
      expect(await types(repository, 2)).not.toContain('delete_branch');
    });

    it('a conflict is "try again later", for ever', async () => {
      const fresh = await make();
      const tip = await openPull(fresh);
      await fresh.push('maintainer', 'main', { 'src/a.ts': source({ 2: 'deux' }) });
      const mergeable = async (): Promise<boolean> => json<{ mergeable: boolean }>(await fresh.raw('dev', 'GET', 'pulls/1')).mergeable;
      await expect.poll(mergeable, eventually).toBe(false);
      await pause(2000);
      const answer = await fresh.raw('merger', 'POST', 'pulls/1/merge', { Do: 'merge', head_commit_id: tip });
      expect([await mergeable(), answer.status, words(answer)]).toEqual([false, 405, 'Please try again later']);
    });

    it('what a push changes about its pull request follows within seconds: time, timeline, stale reviews', async () => {
      const fresh = await make();
      await openPull(fresh);
      const first = json<{ updated_at: string }>(await fresh.raw('dev', 'GET', 'pulls/1')).updated_at;
      await fresh.raw('reviewer', 'POST', 'pulls/1/reviews', { event: 'COMMENT', body: 'Hm.' });
      await pause(1100);
      const tip = await fresh.push('dev', 'fix/issue-1', { 'src/a.ts': source({ 2: 'zwei' }) });
      expect(json<{ head: { sha: string } }>(await fresh.raw('dev', 'GET', 'pulls/1')).head.sha).toBe(tip);
      const seen = async (): Promise<readonly unknown[]> => [
        json<{ updated_at: string }>(await fresh.raw('dev', 'GET', 'pulls/1')).updated_at > first,
        json<{ type: string }[]>(await fresh.raw('dev', 'GET', 'issues/1/timeline')).filter((each) => each.type === 'pull_push').length,
        json<{ stale: boolean }[]>(await fresh.raw('dev', 'GET', 'pulls/1/reviews')).map((each) => each.stale),
      ];
      await expect.poll(seen, eventually).toEqual([true, 2, [true]]);
    });
  });
}
