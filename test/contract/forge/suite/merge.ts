import { describe, expect, it } from 'vitest';
import type { PullRequest } from '#domain/pull-request';
import { type Sha, asSha } from '#domain/sha';
import type { Forge, MergeResult } from '#forge';
import { type Contract, eventually } from '../part.ts';
import { type TestRepository, source } from '../world.ts';

const message = { title: 'Merge it', message: 'Because.' };
const other = asSha('1'.repeat(40));

/** The forge computes mergeability in the background: the bounded retry that callers do. */
async function merge(forge: Forge, number: number, head: Sha): Promise<MergeResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await forge.mergePullRequest(number, { head, ...message });
    if (result.kind !== 'try-again' || attempt === 200) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function mergeContract({ make, shared, branch, shows }: Contract): void {
  const open = async (where: () => Promise<TestRepository>, body = ''): Promise<{ repository: TestRepository; pull: PullRequest }> => {
    const repository = await where();
    const name = branch();
    await repository.push('dev', name, where === shared ? { [`${name}.txt`]: name } : { 'src/a.ts': source({ 2: 'TWO' }) });
    const { pullRequest } = await repository.forge('dev').ensurePullRequest({ branch: name, base: 'main', title: 'Two', body });
    return { repository, pull: pullRequest };
  };

  describe('merging', () => {
    it('lands exactly the head, once, with title and message, and the pull request says so', async () => {
      const { repository, pull } = await open(shared);
      const forge = repository.forge('merger');
      expect(await merge(forge, pull.number, pull.head)).toEqual({ kind: 'merged' });
      const merged = await forge.findPullRequest(pull.number);
      expect(merged).toMatchObject({ state: 'merged', mergedBy: 'merger', head: pull.head });
      expect((await forge.findBranch('main'))?.head).toBe(merged?.mergeCommit);
      await repository.git('dev', 'fetch', 'origin', 'main');
      expect(await repository.git('dev', 'log', '-1', '--format=%B', 'FETCH_HEAD')).toMatch(/^Merge it\n\nBecause\.\n/);
      expect(await merge(forge, pull.number, pull.head)).toEqual({ kind: 'already-merged' });
      for (const verb of ['ensureClosed', 'ensureReopened'] as const) await expect(forge[verb](pull.number)).rejects.toMatchObject({ kind: 'conflict' });
      await forge.ensureBranchDeleted(pull.branch);
      expect(await forge.findPullRequest(pull.number)).toMatchObject({ state: 'merged', branch: pull.branch, head: pull.head });
      shows('mergePullRequest', 'merged', 'already-merged');
      shows('ensureClosed', 'error conflict');
      shows('ensureReopened', 'error conflict');
    });

    it('closes the issue that the body fixes', async () => {
      const { number } = await (await shared()).forge('maintainer').createIssue({ title: 'Two', body: '', labels: [] });
      const { repository, pull } = await open(shared, `Fixes #${number}`);
      await merge(repository.forge('merger'), pull.number, pull.head);
      await expect.poll(async () => (await repository.forge('dev').findIssue(number))?.state, eventually).toBe('closed');
    });

    it('refuses another head than the one asked for', async () => {
      const { repository, pull } = await open(shared);
      expect(await merge(repository.forge('merger'), pull.number, other)).toEqual({ kind: 'head-moved' });
      expect((await repository.forge('merger').findPullRequest(pull.number))?.state).toBe('open');
      shows('mergePullRequest', 'head-moved');
    });

    it('is blocked for an account off the whitelist, and until the required contexts are green', async () => {
      const { repository, pull } = await open(make);
      await repository.protect({ contexts: ['ci/test'], approvals: 0, mergers: ['merger'] });
      const forge = repository.forge('merger');
      expect(await merge(repository.forge('dev'), pull.number, pull.head)).toMatchObject({
        kind: 'blocked',
        why: expect.stringMatching(/not allowed to merge/i),
      });
      const result = await merge(forge, pull.number, pull.head);
      expect(result).toMatchObject({ kind: 'blocked', why: expect.stringMatching(/status check/i) });
      await repository.forge('ci').postStatus(pull.head, { context: 'ci/test', state: 'success', description: 'ok', targetUrl: null });
      expect(await merge(forge, pull.number, pull.head)).toEqual({ kind: 'merged' });
      shows('mergePullRequest', 'blocked', 'merged');
    });

    it('is blocked until somebody else approved this head', async () => {
      const { repository, pull } = await open(make);
      await repository.protect({ contexts: [], approvals: 1, mergers: ['merger'] });
      const forge = repository.forge('merger');
      expect((await merge(forge, pull.number, pull.head)).kind).toBe('blocked');
      await repository.forge('reviewer').submitReview(pull.number, { verdict: 'approved', head: pull.head, body: 'Good.', comments: [] });
      expect(await merge(forge, pull.number, pull.head)).toEqual({ kind: 'merged' });
      shows('mergePullRequest', 'blocked', 'merged');
    });

    it('of a change that conflicts with the base changes nothing', async () => {
      const { repository, pull } = await open(make);
      await repository.push('maintainer', 'main', { 'src/a.ts': source({ 2: 'deux' }) });
      const result = await repository.forge('merger').mergePullRequest(pull.number, { head: pull.head, ...message });
      // The forge says "try again later" as long as it cannot merge; it does not tell a conflict from a check under way.
      expect(['conflict', 'try-again']).toContain(result.kind);
      expect((await repository.forge('merger').findPullRequest(pull.number))?.state).toBe('open');
    });

    it('by an account that may not write, or of a closed pull request, is blocked, and of none an error', async () => {
      const { repository, pull } = await open(shared);
      const forge = repository.forge('merger');
      expect((await merge(repository.forge('reader'), pull.number, pull.head)).kind).toBe('blocked');
      await repository.forge('dev').ensureClosed(pull.number);
      expect(await merge(forge, pull.number, pull.head)).toMatchObject({ kind: 'blocked' });
      await expect(merge(forge, 99_999, pull.head)).rejects.toMatchObject({ kind: 'not-found' });
      shows('mergePullRequest', 'blocked', 'error not-found');
    });
  });
}
