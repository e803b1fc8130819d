import { expect, it } from 'vitest';
import { commitFile, git, merge, pullRequest, remoteOf, stage, type Stage } from './harness.ts';

const rule = {
  rule_name: 'main',
  required_approvals: 1,
  enable_status_check: true,
  status_check_contexts: ['ci/*'],
  enable_merge_whitelist: true,
  merge_whitelist_usernames: ['merger'],
  enable_approvals_whitelist: true,
  approvals_whitelist_username: ['reviewer'],
  dismiss_stale_approvals: true,
};

const protect = async (on: Stage, more: object = {}): Promise<void> => {
  // On a public repository a reader's approval cannot be made to count.
  on.forge.seed.addCollaborator('demo/app', 'reviewer', 'write');
  expect((await on.as.maintainer('POST', 'R/branch_protections', { ...rule, ...more })).status).toBe(201);
};
const approve = (on: Stage, number: number, by: 'reviewer' | 'dev' | 'ci' = 'reviewer') =>
  on.as[by]('POST', `R/pulls/${number}/reviews`, { event: 'APPROVED', body: 'good' });
const status = (on: Stage, sha: string, state: string, context = 'ci/test') => on.as.ci('POST', `R/statuses/${sha}`, { state, context });

it('merges only with green required checks, an approval and a listed account, and says what is missing', async () => {
  const on = await stage();
  await protect(on);
  const pull = await pullRequest(on);
  expect((await merge(on, pull.number, 'dev')).body.message).toBe('User not allowed to merge PR');
  expect((await merge(on, pull.number, 'maintainer')).status).toBe(405);
  expect((await merge(on, pull.number)).body.message).toContain('Not all required status checks successful');
  await status(on, pull.head, 'success', 'unrelated');
  await status(on, pull.head, 'pending');
  expect((await merge(on, pull.number)).body.message).toContain('Not all required status checks successful');
  await status(on, pull.head, 'success');
  expect((await merge(on, pull.number)).body.message).toContain('Does not have enough approvals');
  await approve(on, pull.number, 'ci');
  expect((await merge(on, pull.number)).body.message).toContain('Does not have enough approvals');
  await approve(on, pull.number);
  expect((await merge(on, pull.number)).status).toBe(200);
});

it('dismisses approvals of an older head, and takes a forced merge from an administrator on the list only', async () => {
  const on = await stage();
  await protect(on, { enable_status_check: false });
  const pull = await pullRequest(on);
  await approve(on, pull.number);
  await commitFile(pull.clone, 'late.txt', 'late\n');
  await git(pull.clone, 'push', '--quiet', 'origin', pull.branch);
  const [review] = (await on.as.dev('GET', `R/pulls/${pull.number}/reviews`)).body;
  expect(review).toMatchObject({ state: 'APPROVED', stale: true, dismissed: true, official: true });
  expect((await merge(on, pull.number)).body.message).toContain('Does not have enough approvals');
  expect((await merge(on, pull.number, 'merger', { force_merge: true })).status).toBe(405);
  await on.as.maintainer('PATCH', 'R/branch_protections/main', { merge_whitelist_usernames: ['maintainer'] });
  expect((await merge(on, pull.number, 'maintainer', { force_merge: true })).status).toBe(200);
});

it('blocks on requested changes and on an outdated branch where the rule says so', async () => {
  const on = await stage();
  await protect(on, { enable_status_check: false, required_approvals: 0, block_on_rejected_reviews: true, block_on_outdated_branch: true });
  const pull = await pullRequest(on);
  const review = await on.as.reviewer('POST', `R/pulls/${pull.number}/reviews`, { event: 'REQUEST_CHANGES', body: 'no' });
  expect((await merge(on, pull.number)).body.message).toContain('There are requested changes');
  await on.as.maintainer('POST', `R/pulls/${pull.number}/reviews/${review.body.id}/dismissals`, { message: 'it is fine' });
  const other = await pullRequest(on, { branch: 'other', path: 'other.txt' });
  expect((await merge(on, other.number)).status).toBe(200);
  expect((await merge(on, pull.number)).body.message).toContain('The head branch is behind the base branch');
});

it('shows required contexts on the branch to a write collaborator, the rule itself to administrators only', async () => {
  const on = await stage();
  await protect(on);
  const branch = (await on.as.dev('GET', 'R/branches/main')).body;
  expect(branch).toMatchObject({
    protected: true,
    enable_status_check: true,
    status_check_contexts: ['ci/*'],
    required_approvals: 1,
    user_can_push: false,
    user_can_merge: false,
  });
  expect((await on.as.dev('GET', 'R/branch_protections/main')).status).toBe(403);
  expect((await on.as.dev('POST', 'R/branch_protections', rule)).status).toBe(403);
  expect((await on.as.maintainer('POST', 'R/branch_protections', rule)).status).toBe(403);
  expect((await on.as.maintainer('GET', 'R/branch_protections')).body).toHaveLength(1);
  expect((await on.as.maintainer('DELETE', 'R/branch_protections/main')).status).toBe(204);
  expect((await on.as.dev('GET', 'R/branches/main')).body.protected).toBe(false);
});

it('refuses pushes to a protected branch from everybody, its deletion too, and takes other refs', async () => {
  const on = await stage();
  await protect(on, { rule_name: 'release/*' });
  await protect(on);
  const clone = await on.clone('dev');
  await commitFile(clone, 'x.txt', 'x\n');
  const refused = (...refs: string[]) => expect(git(clone, 'push', 'origin', ...refs)).rejects.toThrow(/protected|declined|hidden/);
  await refused('HEAD:main');
  await refused('HEAD:refs/heads/fix/issue-9', 'HEAD:main');
  await refused(':main');
  await refused('HEAD:release/1');
  await refused('HEAD:refs/pull/1/head');
  await expect(git(clone, 'push', remoteOf(on.forge.url, 'demo', on.tokens.owner), 'HEAD:main')).rejects.toThrow(
    'Not allowed to push to protected branch main',
  );
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/disinto/claims/1', 'HEAD:refs/notes/disinto', 'HEAD:disinto/merge/5', 'HEAD:releases');
  expect(await git(clone, 'ls-remote', 'origin')).toMatch(
    /refs\/disinto\/claims\/1[\s\S]*refs\/heads\/disinto\/merge\/5[\s\S]*refs\/heads\/main[\s\S]*refs\/notes\/disinto/,
  );
});

it('lets listed accounts push forward to a protected branch, never rewrite it', async () => {
  const on = await stage();
  await protect(on, { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['merger'] });
  const clone = await on.clone('merger');
  await commitFile(clone, 'x.txt', 'x\n');
  await expect(git(clone, 'push', remoteOf(on.forge.url, 'dev', on.tokens.dev), 'HEAD:main')).rejects.toThrow('Not allowed to push');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
  await git(clone, 'commit', '--quiet', '--amend', '-m', 'Rewritten');
  await expect(git(clone, 'push', '--force', 'origin', 'HEAD:main')).rejects.toThrow('protected from force push');
});
