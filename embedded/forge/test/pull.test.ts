import { expect, it } from 'vitest';
import { commitFile, git, merge, pullRequest, stage } from './harness.ts';

it('merges a pull request and closes the issue that its body fixes', async () => {
  const on = await stage();
  const issue = await on.as.outsider('POST', 'R/issues', { title: 'Add a file', body: 'please' });
  expect(issue.status).toBe(201);
  const pull = await pullRequest(on, { body: `Fixes #${issue.body.number}` });
  expect(pull.number).toBe(2);
  const reply = await merge(on, pull.number, 'merger', { head_commit_id: pull.head, MergeTitleField: 'Merge it', MergeMessageField: 'Because.' });
  expect([reply.status, reply.body]).toEqual([200, '']);
  const read = (await on.as.dev('GET', 'R/pulls/2')).body;
  expect(read).toMatchObject({ merged: true, state: 'closed', merged_by: { login: 'merger' }, additions: 1, changed_files: 1 });
  expect((await on.as.dev('GET', 'R/issues/1')).body).toMatchObject({ state: 'closed' });
  expect((await on.as.dev('GET', 'R/pulls/2/merge')).status).toBe(204);
  const again = await merge(on, pull.number);
  expect([again.status, again.body.message]).toEqual([405, 'The PR is already merged']);
  await git(pull.clone, 'fetch', '--quiet');
  expect(await git(pull.clone, 'log', '-1', '--format=%H %P%n%an %B', 'origin/main')).toContain(
    `${read.merge_commit_sha} ${read.base.sha} ${pull.head}\nmerger Merge it\n\nBecause.`,
  );
});

it('answers 409 to the second pull request of the same branches and 404 to branches that do not exist', async () => {
  const on = await stage();
  await pullRequest(on);
  const post = (head: string, base: string) => on.as.dev('POST', 'R/pulls', { head, base, title: 't' });
  expect((await post('fix/issue-1', 'main')).status).toBe(409);
  expect((await post('nowhere', 'main')).status).toBe(404);
  expect((await post('fix/issue-1', 'nowhere')).status).toBe(404);
  expect((await post('main', 'main')).status).toBe(422);
});

it('refuses a merge of another head, of a conflict, and soon after a change', async () => {
  const on = await stage({ settleMilliseconds: 40 });
  const pull = await pullRequest(on, { path: 'list.txt', content: 'mine\n' });
  const soon = await on.as.merger('POST', `R/pulls/${pull.number}/merge`, { Do: 'merge' });
  expect([soon.status, soon.body.message]).toEqual([405, 'Please try again later']);
  const other = await merge(on, pull.number, 'merger', { head_commit_id: '1'.repeat(40) });
  expect(other.status).toBe(409);
  expect(other.body.message).toContain('head out of date');
  const main = await on.clone('dev');
  await commitFile(main, 'list.txt', 'theirs\n');
  await git(main, 'push', '--quiet', 'origin', 'main');
  // It stays so long after the check is over: the forge does not tell a conflict from it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const conflict = await on.as.merger('POST', `R/pulls/${pull.number}/merge`, { Do: 'merge' });
  expect([conflict.status, conflict.body.message]).toEqual([405, 'Please try again later']);
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body).toMatchObject({ mergeable: false, merged: false, state: 'open' });
});

it('moves the head with a push, notes it in the timeline and tells forced pushes apart', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const second = await commitFile(pull.clone, 'more.txt', 'more\n');
  await git(pull.clone, 'push', '--quiet', 'origin', pull.branch);
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body.head.sha).toBe(second);
  await git(pull.clone, 'reset', '--quiet', '--hard', 'HEAD~1');
  const third = await commitFile(pull.clone, 'other.txt', 'other\n');
  await git(pull.clone, 'push', '--quiet', `--force-with-lease=${pull.branch}:${second}`, 'origin', pull.branch);
  const timeline = (await on.as.dev('GET', `R/issues/${pull.number}/timeline`)).body;
  const pushes = timeline.filter((event: { type: string }) => event.type === 'pull_push').map((event: { body: string }) => JSON.parse(event.body));
  expect(pushes).toEqual([
    { is_force_push: false, commit_ids: [pull.head] },
    { is_force_push: false, commit_ids: [second] },
    { is_force_push: true, commit_ids: [second, third] },
  ]);
});

it.each(['merge', 'rebase', 'squash', 'rebase-merge', 'fast-forward-only'])('merges in the way %s', async (style) => {
  const on = await stage();
  const pull = await pullRequest(on);
  if (style !== 'fast-forward-only') {
    const main = await on.clone('dev');
    await commitFile(main, 'meanwhile.txt', 'x\n');
    await git(main, 'push', '--quiet', 'origin', 'main');
  }
  expect((await merge(on, pull.number, 'merger', { Do: style, delete_branch_after_merge: true })).status).toBe(200);
  await git(pull.clone, 'fetch', '--quiet', '--prune');
  expect(await git(pull.clone, 'show', 'origin/main:src/new.txt')).toBe('new');
  expect(await git(pull.clone, 'branch', '--remotes', '--format=%(refname:short)')).not.toContain('fix/issue-1');
  const parents = (await git(pull.clone, 'log', '-1', '--format=%P', 'origin/main')).split(' ').length;
  expect(parents).toBe(style === 'merge' || style === 'rebase-merge' ? 2 : 1);
  const kinds = (await on.as.dev('GET', `R/issues/${pull.number}/timeline`)).body.map((event: { type: string }) => event.type);
  expect(kinds).toEqual(['pull_push', 'merge_pull', 'delete_branch']);
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body).toMatchObject({ merged: true, head: { sha: pull.head } });
});

it('shows diff, files and commits of a pull request', async () => {
  const on = await stage();
  const pull = await pullRequest(on, { path: 'ä b/ü.txt' });
  await git(pull.clone, 'mv', 'list.txt', 'renamed.txt');
  const head = await commitFile(pull.clone, 'readme.md', '# app\nmore\n', 'Rename and write');
  await git(pull.clone, 'push', '--quiet', 'origin', pull.branch);
  const files = (await on.as.dev('GET', `R/pulls/${pull.number}/files`)).body;
  expect(files.map((file: any) => [file.filename, file.status, file.additions, file.deletions, file.previous_filename])).toEqual([
    ['readme.md', 'changed', 1, 0, undefined],
    ['renamed.txt', 'renamed', 0, 0, 'list.txt'],
    ['ä b/ü.txt', 'added', 1, 0, undefined],
  ]);
  const page = await on.as.dev('GET', `R/pulls/${pull.number}/files?limit=2&page=2`);
  expect([page.body.length, page.headers.get('x-total-count')]).toEqual([1, '3']);
  expect((await on.as.dev('GET', `R/pulls/${pull.number}.diff`)).body).toContain('rename to renamed.txt');
  expect((await on.as.dev('GET', `R/pulls/${pull.number}/commits`)).body.map((commit: any) => commit.sha)).toEqual([head, pull.head]);
});

it('closes the pull request whose branch is deleted, and reopens it only with a branch', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  await git(pull.clone, 'push', '--quiet', 'origin', `:${pull.branch}`);
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body).toMatchObject({ state: 'closed', merged: false });
  expect((await on.as.dev('PATCH', `R/pulls/${pull.number}`, { state: 'open' })).status).toBe(422);
  await git(pull.clone, 'push', '--quiet', 'origin', pull.branch);
  expect((await on.as.dev('PATCH', `R/pulls/${pull.number}`, { state: 'open' })).body).toMatchObject({ state: 'open' });
  await git(pull.clone, 'fetch', '--quiet', 'origin', `refs/pull/${pull.number}/head`);
  expect(await git(pull.clone, 'rev-parse', 'FETCH_HEAD')).toBe(pull.head);
});
