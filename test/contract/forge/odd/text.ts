import { describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';

const fox = '🦊';
/** 300 KB of UTF-8 in which each third character takes four bytes. */
const large = `# Große Änderung\n\n${`${fox}äx `.repeat(37_500)}`.trimEnd();

/** Letters of every width, line ends of every kind, and much of them. */
export function textContract({ shared, branch, shows }: Contract): void {
  describe('text beyond ASCII, and much of it', () => {
    it('titles, labels with commas and spaces, and 300 KB bodies come back as they went', async () => {
      const repository = await shared();
      const labels = [`${fox} fox`, 'a,b', '日本', 'ä ö'];
      expect(Buffer.byteLength(large)).toBeGreaterThan(300_000);
      const made = await repository.forge('dev').createIssue({ title: `Füchse ${fox} und 中文`, body: large, labels });
      const found = await repository.forge('reviewer').findIssue(made.number);
      expect(found).toEqual(made);
      expect([found?.title, found?.body === large, found?.labels]).toEqual([`Füchse ${fox} und 中文`, true, new Set(labels)]);
      await repository.forge('reviewer').ensureLabels(made.number, { add: [], remove: [`${fox} fox`, 'a,b'] });
      expect((await repository.forge('dev').findIssue(made.number))?.labels).toEqual(new Set(['日本', 'ä ö']));
      const event = (await repository.forge('dev').listTimeline(made.number)).find((each) => each.label === `${fox} fox`);
      expect(event).toMatchObject({ kind: 'label', actor: 'dev', added: true });
      shows('createIssue', 'value');
      shows('ensureLabels', 'done');
    });

    it('comments of 300 KB, with line ends of Windows and spaces at the end, are unchanged when written again', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue({ title: 'Long talk', body: '', labels: [] });
      const text = `one\r\ntwo  \n\n${large}\n`;
      expect(await forge.ensureComment(number, 'long', text)).toBe('created');
      expect(await repository.forge('dev').ensureComment(number, 'long', text)).toBe('unchanged');
      expect((await forge.listComments(number)).map((each) => each.body.includes(large))).toEqual([true]);
      shows('ensureComment', 'created', 'unchanged');
    });

    it('branches, paths, inline comments, bodies and check names', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const name = `${branch()}-ünï-${fox}`;
      const path = `päth/dä tei ${fox}.txt`;
      const head = await repository.push('dev', name, { [path]: `${fox}\n` });
      expect(await forge.findBranch(name)).toMatchObject({ name, head });
      const { pullRequest } = await forge.ensurePullRequest({ branch: name, base: 'main', title: `${fox}`, body: large });
      expect(pullRequest).toMatchObject({ branch: name, head, title: fox });
      expect((await repository.forge('merger').ensurePullRequest({ branch: name, base: 'main', title: 'x', body: '' })).created).toBe(false);
      await forge.ensurePullRequestBody(pullRequest.number, `${large}!`);
      const reviewer = repository.forge('reviewer');
      const comments = [{ path, line: 1, body: `Warum ${fox}?` }];
      expect(await reviewer.submitReview(pullRequest.number, { verdict: 'changes-requested', head: pullRequest.head, body: large, comments })).toBe(
        'submitted',
      );
      const [review] = await forge.listReviews(pullRequest.number);
      expect(review?.body === large).toBe(true);
      expect(await forge.listReviewComments(pullRequest.number, review?.id ?? 0)).toEqual(comments);
      const status = { context: `ci/prüfung ${fox}`, state: 'failure', description: `nö ${fox}`, targetUrl: null } as const;
      await repository.forge('ci').postStatus(pullRequest.head, status);
      expect(await forge.listStatuses(pullRequest.head)).toMatchObject([status]);
      await forge.ensureBranchDeleted(name);
      expect(await forge.findBranch(name)).toBeNull();
      shows('findBranch', 'found', 'null');
      shows('ensurePullRequest', 'created', 'found');
      shows('ensurePullRequestBody', 'done');
    });

    it('a name that no branch can have is a branch that is not there', async () => {
      const forge = (await shared()).forge('dev');
      for (const name of ['a..b', 'a b', 'a#b?c%d', 'ends.lock', '-x', '../../issues', '']) expect([name, await forge.findBranch(name)]).toEqual([name, null]);
      for (const name of ['a..b', 'a#b?c%d', 'ends.lock', '..', '../..', '']) await forge.ensureBranchDeleted(name);
      expect(await forge.findBranch('main')).not.toBeNull();
      shows('findBranch', 'null');
    });
  });
}
