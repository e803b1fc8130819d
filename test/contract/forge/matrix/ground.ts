import type { Ground } from './samples.ts';
import { type TestRepository, source } from '../world.ts';

/** An open issue, an open pull request of dev's from `fix/issue-1` and a review of it with one inline comment. */
export async function prepareGround(repository: TestRepository): Promise<Ground> {
  const dev = repository.forge('dev');
  const issue = await dev.createIssue({ title: 'A sample', body: '', labels: [] });
  await repository.push('dev', 'fix/issue-1', { 'src/a.ts': source({ 2: 'TWO' }) });
  const { pullRequest } = await dev.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'Sample', body: '' });
  const { number: pull, head } = pullRequest;
  const comments = [{ path: 'src/a.ts', line: 2, body: 'Why capitals?' }];
  const reviewer = repository.forge('reviewer');
  await reviewer.submitReview(pull, { verdict: 'commented', head, body: 'Hm.', comments });
  const [review] = await reviewer.listReviews(pull);
  return { issue: issue.number, pull, head, review: review?.id ?? 0 };
}

/** A token of the account that only this case uses. `revoke` takes it back. */
export async function mintToken(
  repository: TestRepository,
  login: string,
  scopes: readonly string[],
): Promise<{ readonly token: string; revoke(): Promise<void> }> {
  const name = `case-${(minted += 1)}`;
  const answer = await repository.api('admin', 'POST', `users/${login}/tokens`, { name, scopes });
  if (answer.status !== 201) throw new Error(`a token for ${login}: ${answer.status} ${answer.body}`);
  const revoke = async (): Promise<void> => {
    await repository.api('admin', 'DELETE', `users/${login}/tokens/${name}`);
  };
  return { token: (JSON.parse(answer.body) as { sha1: string }).sha1, revoke };
}
let minted = 0;
