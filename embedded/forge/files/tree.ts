import { resolveCommit } from '../git/commit.ts';
import { notFound } from '../refused.ts';
import { json, needRepository, param, route, type Route } from '../route.ts';
import { repositoryApi, type Json } from '../shape/shape.ts';
import { repositoryPath } from '../store/repository.ts';

const mostPerPage = 1000;

export const treeRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/git/trees/:sha', async (call) => {
    const repository = needRepository(call, 'read');
    const folder = repositoryPath(call.world, repository);
    const commit = await resolveCommit(call.world.git, folder, param(call, 'sha'));
    if (commit === null) throw notFound(`object does not exist [id: ${param(call, 'sha')}]`);
    const recursive = call.query.get('recursive') === 'true' || call.query.get('recursive') === '1';
    const { out } = await call.world.git.run(folder, ['ls-tree', '-z', '--long', '--full-tree', ...(recursive ? ['-r', '-t'] : []), commit]);
    const api = repositoryApi(call.shape, repository);
    const entries = out.split('\0').flatMap((line): Json[] => {
      const [, mode = '', type = '', sha = '', size = '', path = ''] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
      return path === '' ? [] : [{ path, mode, type, size: Number(size) || 0, sha, url: `${api}/git/${type}s/${sha}` }];
    });
    const page = Math.max(1, Number(call.query.get('page')) || 1);
    const perPage = Math.min(mostPerPage, Math.max(1, Number(call.query.get('per_page')) || mostPerPage));
    const tree = entries.slice((page - 1) * perPage, page * perPage);
    return json(200, { sha: commit, url: `${api}/git/trees/${commit}`, tree, truncated: page * perPage < entries.length, page, total_count: entries.length });
  }),
];
