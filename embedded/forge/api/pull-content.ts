import { listCommits, readCommits } from '../git/commit.ts';
import { diffText, listFileChanges, patchText, type FileChange } from '../git/diff.ts';
import { pageAnswer, pagedList, pageOf, route, type Answer, type Route } from '../route.ts';
import { showCommit } from '../shape/commit.ts';
import { repositoryApi, repositoryPage, type Json, type Shape } from '../shape/shape.ts';
import type { PullRow } from '../store/pull.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { needPullTarget } from './pull.ts';

function showFile(shape: Shape, repository: RepositoryRow, pull: PullRow, file: FileChange): Json {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    filename: file.path,
    ...(file.previous === null ? {} : { previous_filename: file.previous }),
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    html_url: `${repositoryPage(shape, repository)}/src/commit/${pull.head_sha}/${path}`,
    contents_url: `${repositoryApi(shape, repository)}/contents/${path}?ref=${pull.head_sha}`,
    raw_url: `${repositoryPage(shape, repository)}/raw/commit/${pull.head_sha}/${path}`,
  };
}

const textAnswer = (bytes: string): Answer => ({ status: 200, content: { type: 'text/plain; charset=utf-8', bytes } });

export const pullContentRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:index.diff', async (call) => {
    const { pull, folder } = await needPullTarget(call);
    return textAnswer(await diffText(call.world.git, folder, pull.merge_base, pull.head_sha));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:index.patch', async (call) => {
    const { pull, folder } = await needPullTarget(call);
    return textAnswer(await patchText(call.world.git, folder, pull.merge_base, pull.head_sha));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:index/files', async (call) => {
    const { repository, pull, folder } = await needPullTarget(call);
    const files = await listFileChanges(call.world.git, folder, pull.merge_base, pull.head_sha);
    return pagedList(call, files, (file) => showFile(call.shape, repository, pull, file));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:index/commits', async (call) => {
    const { repository, pull, folder } = await needPullTarget(call);
    const names = await listCommits(call.world.git, folder, [`${pull.merge_base}..${pull.head_sha}`]);
    const { limit, offset } = pageOf(call);
    const commits = await readCommits(call.world.git, folder, names.slice(offset, offset + limit));
    return pageAnswer(
      call,
      commits.map((commit) => showCommit(call.shape, repository, commit)),
      names.length,
    );
  }),
];
