import { beforeAll, describe, expect, it } from 'vitest';
import type { PullRequest } from '#domain/pull-request';
import type { ReviewDraft } from '#forge';
import { type Contract, eventually } from '../part.ts';
import { type TestRepository, source } from '../world.ts';

/** One pull request for all: making one is what costs a real forge most. */
export function reviewContract({ shared, branch, shows }: Contract): void {
  const draft = (pull: PullRequest, more: Partial<ReviewDraft> = {}): ReviewDraft => ({
    verdict: 'approved',
    head: pull.head,
    body: 'Good.',
    comments: [],
    ...more,
  });

  describe('reviews', () => {
    let repository: TestRepository;
    let pull: PullRequest;
    beforeAll(async () => {
      repository = await shared();
      const name = branch();
      await repository.push('dev', name, { 'src/a.ts': source({ 2: 'TWO' }) });
      pull = (await repository.forge('dev').ensurePullRequest({ branch: name, base: 'main', title: 'Two', body: '' })).pullRequest;
    });

    it("of one's own pull request are refused as a value", async () => {
      const forge = repository.forge('dev');
      expect(await forge.submitReview(pull.number, draft(pull))).toBe('own-pull-request');
      expect(await forge.submitReview(pull.number, draft(pull, { verdict: 'changes-requested' }))).toBe('own-pull-request');
      expect(await forge.listReviews(pull.number)).toEqual([]);
      shows('submitReview', 'own-pull-request');
      shows('listReviews', 'none');
    });

    it.each(['approved', 'changes-requested', 'commented'] as const)('say %s about one head', async (verdict) => {
      const forge = repository.forge('reviewer');
      expect(await forge.submitReview(pull.number, draft(pull, { verdict }))).toBe('submitted');
      expect((await forge.listReviews(pull.number)).at(-1)).toMatchObject({
        author: 'reviewer',
        verdict,
        head: pull.head,
        body: 'Good.',
        stale: false,
        dismissed: false,
      });
      shows('submitReview', 'submitted');
      shows('listReviews', 'some');
    });

    it('carry comments on lines', async () => {
      const forge = repository.forge('reviewer');
      const comments = [{ path: 'src/a.ts', line: 2, body: 'Why capitals?' }];
      await forge.submitReview(pull.number, draft(pull, { verdict: 'changes-requested', comments }));
      const review = (await forge.listReviews(pull.number)).at(-1);
      expect(await forge.listReviewComments(pull.number, review?.id ?? 0)).toEqual(comments);
      shows('listReviewComments', 'some');
    });

    it('lose nothing when a comment is off the diff', async () => {
      const forge = repository.forge('reviewer');
      const comments = [
        { path: 'src/a.ts', line: 2, body: 'On the diff' },
        { path: 'src/a.ts', line: 4000, body: 'Far off' },
        { path: 'src/gone.ts', line: 1, body: 'No such file' },
      ];
      const before = await forge.listReviews(pull.number);
      expect(await forge.submitReview(pull.number, draft(pull, { verdict: 'changes-requested', comments }))).toBe('submitted');
      const [review, ...more] = (await forge.listReviews(pull.number)).slice(before.length);
      expect(more).toEqual([]);
      const inline = await forge.listReviewComments(pull.number, review?.id ?? 0);
      const told = [review?.body, ...inline.map((each) => each.body)].join('\n');
      for (const { body } of comments) expect(told.split(body)).toHaveLength(2);
      expect(inline).toContainEqual(comments[0]);
    });

    it('without a word are refused, unless they approve', async () => {
      const forge = repository.forge('reviewer');
      for (const verdict of ['commented', 'changes-requested'] as const) {
        await expect(forge.submitReview(pull.number, draft(pull, { verdict, body: '' }))).rejects.toMatchObject({ kind: 'invalid', status: 422 });
      }
      expect(await forge.submitReview(pull.number, draft(pull, { body: '' }))).toBe('submitted');
      shows('submitReview', 'error invalid');
    });

    it('move the time of the pull request', async () => {
      const forge = repository.forge('reviewer');
      await forge.submitReview(pull.number, draft(pull));
      const now = await forge.findPullRequest(pull.number);
      expect(now?.updatedAt.getTime()).toBeGreaterThanOrEqual(pull.updatedAt.getTime());
      expect((await forge.listTimeline(pull.number)).map((each) => each.kind)).toContain('review');
    });

    it('go stale when the head moves', async () => {
      const forge = repository.forge('reviewer');
      await forge.submitReview(pull.number, draft(pull));
      await repository.push('dev', pull.branch, { 'src/a.ts': source({ 2: 'zwei' }) });
      // A real forge looks at a push in the background.
      await expect
        .poll(() => forge.listReviews(pull.number), eventually)
        .toContainEqual(expect.objectContaining({ verdict: 'approved', head: pull.head, stale: true }));
    });

    it('of a closed pull request are refused as a value', async () => {
      await repository.forge('dev').ensureClosed(pull.number);
      expect(await repository.forge('reviewer').submitReview(pull.number, draft(pull))).toBe('not-open');
      shows('submitReview', 'not-open');
    });
  });
}
