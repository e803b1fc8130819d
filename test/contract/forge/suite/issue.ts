import { describe, expect, it } from 'vitest';
import { type Contract, eventually } from '../part.ts';

const draft = (title: string, labels: readonly string[] = []): { title: string; body: string; labels: readonly string[] } => ({
  title,
  body: `About ${title}.`,
  labels,
});

export function issueContract({ shared, branch, shows }: Contract): void {
  describe('issues', () => {
    it('are created with labels that the repository may lack, and found again', async () => {
      const forge = (await shared()).forge('dev');
      const made = await forge.createIssue(draft('Crash', ['bug', 'priority']));
      expect(made).toMatchObject({ title: 'Crash', body: 'About Crash.', author: 'dev', state: 'open', assignees: [], comments: 0 });
      expect(await forge.findIssue(made.number)).toEqual(made);
      expect(made.labels).toEqual(new Set(['bug', 'priority']));
      shows('createIssue', 'value');
      shows('findIssue', 'found');
    });

    it('are written by whoever only reads, without the labels that it may not set', async () => {
      const forge = (await shared()).forge('reader');
      const made = await forge.createIssue(draft('Seen in passing', ['tech-debt']));
      expect(made).toMatchObject({ title: 'Seen in passing', author: 'reader', labels: new Set() });
      expect(await forge.findIssue(made.number)).toEqual(made);
    });

    it('that do not exist are null, and so is a pull request', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const name = branch();
      await repository.push('dev', name, { 'b.txt': 'b' });
      const { pullRequest } = await forge.ensurePullRequest({ branch: name, base: 'main', title: 'B', body: '' });
      expect(await forge.findIssue(99_999)).toBeNull();
      expect(await forge.findPullRequest(99_999)).toBeNull();
      expect(await forge.findIssue(pullRequest.number)).toBeNull();
      shows('findIssue', 'null');
      shows('findPullRequest', 'null');
    });

    it('close and reopen, each twice', async () => {
      const forge = (await shared()).forge('dev');
      const { number } = await forge.createIssue(draft('Flip'));
      for (const turn of [1, 2]) await forge.ensureClosed(number).then(() => turn);
      expect((await forge.findIssue(number))?.state).toBe('closed');
      for (const turn of [1, 2]) await forge.ensureReopened(number).then(() => turn);
      expect((await forge.findIssue(number))?.state).toBe('open');
      shows('ensureClosed', 'done', 'again');
      shows('ensureReopened', 'done', 'again');
    });

    it('have exactly the assignees asked for, none included', async () => {
      const forge = (await shared()).forge('dev');
      const { number } = await forge.createIssue(draft('Whose'));
      for (const turn of [1, 2]) await forge.ensureAssignees(number, ['dev', 'maintainer']).then(() => turn);
      expect((await forge.findIssue(number))?.assignees.toSorted()).toEqual(['dev', 'maintainer']);
      await forge.ensureAssignees(number, []);
      expect((await forge.findIssue(number))?.assignees).toEqual([]);
      shows('ensureAssignees', 'done', 'again');
    });

    it('an edit that the forge accepts and ignores, or refuses, is an error', async () => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue(draft('Hands off'));
      await expect(repository.forge('outsider').ensureClosed(number)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(repository.forge('outsider').ensureAssignees(number, ['outsider'])).rejects.toMatchObject({ kind: 'forbidden' });
      shows('ensureClosed', 'error forbidden');
      shows('ensureAssignees', 'error forbidden');
    });

    it('without a title, or assigned to nobody that there is, are refused', async () => {
      const forge = (await shared()).forge('dev');
      await expect(forge.createIssue(draft(''))).rejects.toMatchObject({ kind: 'invalid', status: 422 });
      const { number } = await forge.createIssue(draft('Whose'));
      await forge.ensureAssignees(number, ['dev']);
      await expect(forge.ensureAssignees(number, ['nobody-at-all'])).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('nobody-at-all'),
      });
      expect((await forge.findIssue(number))?.assignees).toEqual(['dev']);
      shows('createIssue', 'error invalid');
      shows('ensureAssignees', 'error invalid');
    });

    it('are searched by words, open ones only', async () => {
      const forge = (await shared()).forge('dev');
      const parser = await forge.createIssue(draft('Parser drops commas'));
      const closed = await forge.createIssue(draft('Parser is slow'));
      await forge.createIssue(draft('Printer jams'));
      await forge.ensureClosed(closed.number);
      // A real forge indexes in the background.
      await expect.poll(async () => (await forge.searchIssues('parser')).map((each) => each.number), eventually).toEqual([parser.number]);
      expect(await forge.searchIssues('lexer')).toEqual([]);
      shows('searchIssues', 'some', 'none');
    });
  });
}

export function changeContract({ make, shows }: Contract): void {
  describe('changes', () => {
    it('since is inclusive and also shows what closed, and pull requests', async () => {
      const repository = await make();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue(draft('Old'));
      await forge.ensureClosed(number);
      await repository.push('dev', 'fix/issue-1', { 'b.txt': 'b' });
      const { pullRequest } = await forge.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'B', body: '' });
      const at = (await forge.findIssue(number))?.updatedAt ?? new Date(0);
      const found = await forge.changes(at);
      expect(found.map((each) => [each.kind, each.number])).toEqual(
        expect.arrayContaining([
          ['issue', number],
          ['pull-request', pullRequest.number],
        ]),
      );
      expect(await forge.changes(new Date(at.getTime() + 3_600_000))).toEqual([]);
      shows('changes', 'some', 'none');
    });
  });
}
