import { beforeAll, describe, expect, it } from 'vitest';
import type { PullRequest } from '#domain/pull-request';
import type { Forge } from '#forge';
import type { Contract } from '../part.ts';
import { mintToken } from '../matrix/ground.ts';
import type { TestRepository } from '../world.ts';

/** Accounts, tokens and repositories that change their standing while somebody works with them. */
export function standingContract({ make, shared, branch, shows }: Contract): void {
  describe('a token that is revoked in the middle of work', () => {
    it('is an auth error from then on, for reading and writing, and hides nothing: another token sees what was done', async () => {
      const repository = await shared();
      const { token, revoke } = await mintToken(repository, 'dev', ['all']);
      const forge = repository.forgeWith({ token });
      const { number } = await forge.createIssue({ title: 'Half done', body: '', labels: [] });
      await forge.ensureComment(number, 'before', 'Begun');
      await revoke();
      for (const ask of [
        () => forge.listComments(number),
        () => forge.changes(null),
        () => forge.ensureComment(number, 'after', 'x'),
        () => forge.ensureClosed(number),
      ]) {
        await expect(ask()).rejects.toMatchObject({ kind: 'auth', status: 401, message: expect.not.stringContaining(token) });
      }
      expect(await repository.forge('dev').findIssue(number)).toMatchObject({ state: 'open', comments: 1 });
      shows('listComments', 'error auth');
      shows('ensureComment', 'created', 'error auth');
      shows('ensureClosed', 'error auth');
    });
  });

  describe('an account that was deleted', () => {
    let repository: TestRepository;
    let issue: number;
    let pull: PullRequest;
    let gone: Forge;
    beforeAll(async () => {
      repository = await make();
      const draft = { username: 'leaver', password: 'a-Long-passw0rd', email: 'leaver@example.org', must_change_password: false };
      await repository.api('admin', 'POST', 'admin/users', draft);
      await repository.raw('maintainer', 'PUT', 'collaborators/leaver', { permission: 'write' });
      gone = repository.forgeWith({ token: (await mintToken(repository, 'leaver', ['all'])).token });
      issue = (await gone.createIssue({ title: 'Left behind', body: '', labels: [] })).number;
      await gone.ensureComment(issue, 'mine', 'I was here');
      await repository.forge('dev').ensureAssignees(issue, ['leaver', 'dev']);
      const name = branch();
      await repository.push('dev', name, { [`${name}.txt`]: 'x' });
      pull = (await repository.forge('dev').ensurePullRequest({ branch: name, base: 'main', title: 'Reviewed', body: '' })).pullRequest;
      await gone.submitReview(pull.number, { verdict: 'approved', head: pull.head, body: 'Good.', comments: [] });
      await gone.postStatus(pull.head, { context: 'ci/test', state: 'success', description: '', targetUrl: null });
      const answer = await repository.api('admin', 'DELETE', 'admin/users/leaver');
      if (answer.status !== 204) throw new Error(`${answer.status} ${answer.body}`);
    });

    it('is Ghost where it wrote, nobody where it posted a status, and assigned to nothing', async () => {
      const forge = repository.forge('dev');
      expect(await forge.findIssue(issue)).toMatchObject({ author: 'Ghost', assignees: ['dev'], comments: 1 });
      expect((await forge.listComments(issue)).map((each) => each.author)).toEqual(['Ghost']);
      expect((await forge.listTimeline(issue)).map((each) => each.actor)).toContain('Ghost');
      expect(await forge.listReviews(pull.number)).toMatchObject([{ author: 'Ghost', verdict: 'approved', head: pull.head }]);
      expect(await forge.listStatuses(pull.head)).toMatchObject([{ context: 'ci/test', creator: '' }]);
      shows('listReviews', 'some');
    });

    it('may do nothing, cannot be assigned, and nobody can take the name Ghost', async () => {
      const forge = repository.forge('maintainer');
      expect(await forge.permission('leaver')).toBe('none');
      expect(await forge.permission('Ghost')).toBe('none');
      await expect(forge.ensureAssignees(issue, ['leaver'])).rejects.toMatchObject({ kind: 'invalid' });
      const draft = { username: 'Ghost', password: 'a-Long-passw0rd', email: 'ghost@example.org', must_change_password: false };
      expect((await repository.api('admin', 'POST', 'admin/users', draft)).status).toBe(422);
      await expect(gone.findIssue(issue)).rejects.toMatchObject({ kind: 'auth' });
      shows('permission', 'none');
    });

    it('has a comment whose mark is not taken for ours', async () => {
      expect(await repository.forge('dev').ensureComment(issue, 'mine', 'Mine now')).toBe('created');
      shows('ensureComment', 'created');
    });
  });

  describe('a repository', () => {
    it('that becomes private is not there for who may not see it, and never empty', async () => {
      const repository = await make();
      const outsider = repository.forge('outsider');
      const { number } = await outsider.createIssue({ title: 'Seen', body: '', labels: [] });
      await repository.raw('maintainer', 'PATCH', '', { private: true });
      for (const ask of [() => outsider.changes(null), () => outsider.listComments(number), () => outsider.ensureClosed(number)]) {
        await expect(ask()).rejects.toMatchObject({ kind: 'not-found' });
      }
      expect(await repository.forge('dev').findIssue(number)).toMatchObject({ author: 'outsider' });
      shows('changes', 'error not-found');
    });

    it('that was archived is read as ever, and forbids new issues, comments, pull requests, merges and pushes; issues are still labelled and closed', async () => {
      const repository = await make();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue({ title: 'Late', body: '', labels: [] });
      const name = branch();
      await repository.push('dev', name, { [`${name}.txt`]: 'x' });
      const { pullRequest } = await forge.ensurePullRequest({ branch: name, base: 'main', title: 'Late', body: '' });
      await repository.raw('maintainer', 'PATCH', '', { archived: true });
      expect(await forge.findIssue(number)).toMatchObject({ title: 'Late', state: 'open' });
      const refused = [
        () => forge.createIssue({ title: 'Too late', body: '', labels: [] }),
        () => forge.ensureComment(number, 'late', 'x'),
        () => forge.ensurePullRequest({ branch: 'other', base: 'main', title: 'Too late', body: '' }),
        () => forge.ensureBranchDeleted(name),
        () => repository.forge('merger').mergePullRequest(pullRequest.number, { head: pullRequest.head, title: 'Late', message: '' }),
      ];
      for (const ask of refused) await expect(ask()).rejects.toMatchObject({ kind: 'forbidden', status: 423 });
      expect(await repository.push('dev', name, { 'late.txt': 'x' })).toBeNull();
      await forge.ensureLabels(number, { add: ['late'], remove: [] });
      await forge.ensureClosed(number);
      expect(await forge.findIssue(number)).toMatchObject({ state: 'closed', labels: new Set(['late']) });
      shows('createIssue', 'error forbidden');
      shows('mergePullRequest', 'error forbidden');
    });

    it('that was renamed is not found under its old name, and the error says where it went', async () => {
      const repository = await make();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue({ title: 'Moved', body: '', labels: [] });
      const name = `${repository.name.split('/')[1]}-renamed`;
      await repository.raw('maintainer', 'PATCH', '', { name });
      for (const ask of [() => forge.changes(null), () => forge.findIssue(number), () => forge.ensureClosed(number)]) {
        await expect(ask()).rejects.toMatchObject({ kind: 'not-found', message: expect.stringContaining(name) });
      }
      expect(await repository.forgeWith({ repository: `maintainer/${name}` }).findIssue(number)).toMatchObject({ title: 'Moved' });
      shows('findIssue', 'error not-found', 'found');
    });
  });
}
