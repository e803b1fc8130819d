import type { PullRequest } from '#domain/pull-request';
import { type Forge, ForgeError } from '#forge';
import type { Labels } from './labels.ts';
import { pullRequest } from './pull-schema.ts';
import type { Repository } from './repository.ts';

type PullVerbs = Pick<Forge, 'findPullRequest' | 'listOpenPullRequests' | 'ensurePullRequest' | 'ensurePullRequestBody'>;

export function createPulls(repository: Repository, labels: Labels): PullVerbs {
  const seen = (found: { pullRequest: PullRequest; labels: Parameters<Labels['learn']>[0] }): PullRequest => {
    labels.learn(found.labels);
    return found.pullRequest;
  };
  const listOpenPullRequests = async (): Promise<readonly PullRequest[]> => {
    const query = { state: 'open', sort: 'oldest' };
    const found = await repository.list('pulls', pullRequest, { query, counting: 'exact', idOf: (each) => each.pullRequest.number });
    return found.map(seen);
  };
  return {
    listOpenPullRequests,
    findPullRequest: async (number) => {
      const found = await repository.find(`pulls/${number}`, pullRequest);
      return found === null ? null : seen(found);
    },
    ensurePullRequest: async ({ branch, base, title, body }) => {
      const answer = await repository.send('POST', 'pulls', { head: branch, base, title, body }, [409]);
      if (answer.status !== 409) {
        return { pullRequest: seen(repository.parse('POST', 'pulls', answer, pullRequest)), created: true };
      }
      const found = (await listOpenPullRequests()).find((each) => each.branch === branch && each.base === base);
      if (found !== undefined) return { pullRequest: found, created: false };
      throw new ForgeError('conflict', `POST pulls: the forge says that ${branch} into ${base} exists, but lists none; try again`, { status: 409 });
    },
    ensurePullRequestBody: async (number, body) => {
      const now = seen(await repository.write('PATCH', `pulls/${number}`, { body }, pullRequest));
      if (now.body.trim() === body.trim() || now.body.replaceAll('\r\n', '\n').trim() === body.trim()) return;
      throw new ForgeError('forbidden', `PATCH pulls/${number}: the forge ignored the new body (the account needs write access)`);
    },
  };
}
