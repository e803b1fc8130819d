import { listCommits, readCommits, resolveCommit } from '../git/commit.ts';
import { branchRef, readRef } from '../git/ref.ts';
import { notFound } from '../refused.ts';
import { json, needRepository, pageAnswer, pageOf, param, route, type Answer, type Call, type Route } from '../route.ts';
import { showCommit } from '../shape/commit.ts';
import { repositoryApi, repositoryPage, type Json } from '../shape/shape.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';

interface Entry {
  readonly type: 'file' | 'dir' | 'symlink' | 'submodule';
  readonly sha: string;
  readonly size: number;
  readonly path: string;
}

async function commitAsked(call: Call, repository: RepositoryRow, key: string): Promise<string> {
  const name = call.query.get(key) || repository.default_branch;
  const folder = repositoryPath(call.world, repository);
  const sha = readRef(folder, branchRef(name)) ?? (await resolveCommit(call.world.git, folder, name));
  if (sha === null) throw notFound(`object does not exist [id: ${name}]`);
  return sha;
}

async function listEntries(call: Call, folder: string, commit: string, path: string): Promise<Entry[]> {
  const { out } = await call.world.git.run(folder, ['ls-tree', '-z', '--long', '--full-tree', commit, ...(path === '' ? [] : [path])], { answers: [128] });
  return out.split('\0').flatMap((line): Entry[] => {
    const found = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line);
    if (found === null) return [];
    const type = found[1] === '120000' ? 'symlink' : found[2] === 'tree' ? 'dir' : found[2] === 'commit' ? 'submodule' : 'file';
    return [{ type, sha: found[3] ?? '', size: Number(found[4]) || 0, path: found[5] ?? '' }];
  });
}

function showEntry(call: Call, repository: RepositoryRow, entry: Entry, commit: string, content: Buffer | null): Json {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const url = `${repositoryApi(call.shape, repository)}/contents/${path}?ref=${commit}`;
  const page = `${repositoryPage(call.shape, repository)}/src/commit/${commit}/${path}`;
  const object = `${repositoryApi(call.shape, repository)}/git/${entry.type === 'dir' ? 'trees' : 'blobs'}/${entry.sha}`;
  return {
    name: entry.path.slice(entry.path.lastIndexOf('/') + 1),
    path: entry.path,
    sha: entry.sha,
    last_commit_sha: commit,
    type: entry.type,
    size: entry.size,
    encoding: content === null ? null : 'base64',
    content: content?.toString('base64') ?? null,
    target: null,
    url,
    html_url: page,
    git_url: object,
    download_url: entry.type === 'dir' ? null : `${repositoryApi(call.shape, repository)}/raw/${path}?ref=${commit}`,
    submodule_git_url: null,
    _links: { self: url, git: object, html: page },
  };
}

async function readBlob(call: Call, folder: string, sha: string): Promise<Buffer> {
  return (await call.world.git.read(folder, ['cat-file', 'blob', sha])).out;
}

async function contents(call: Call): Promise<Answer> {
  const repository = needRepository(call, 'read');
  const folder = repositoryPath(call.world, repository);
  const commit = await commitAsked(call, repository, 'ref');
  const path = param(call, 'path').replace(/^\/+|\/+$/g, '');
  const [entry] = path === '' ? [] : (await listEntries(call, folder, commit, path)).filter((found) => found.path === path);
  if (entry !== undefined && entry.type !== 'dir') {
    const content = entry.type === 'submodule' ? null : await readBlob(call, folder, entry.sha);
    return json(200, showEntry(call, repository, entry, commit, content));
  }
  if (entry === undefined && path !== '') throw notFound(`object does not exist [id: , rel_path: ${path}]`);
  const entries = await listEntries(call, folder, commit, path === '' ? '' : `${path}/`);
  return json(
    200,
    entries.map((item) => showEntry(call, repository, item, commit, null)),
  );
}

export const contentRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/contents', contents),
  route('repository', 'GET', '/repos/:owner/:repo/contents/*path', contents),
  route('repository', 'GET', '/repos/:owner/:repo/raw/*path', async (call) => {
    const repository = needRepository(call, 'read');
    const folder = repositoryPath(call.world, repository);
    const [entry] = await listEntries(call, folder, await commitAsked(call, repository, 'ref'), param(call, 'path'));
    if (entry === undefined || entry.type === 'dir' || entry.type === 'submodule') throw notFound();
    return { status: 200, content: { type: 'application/octet-stream', bytes: await readBlob(call, folder, entry.sha) } };
  }),
  route('repository', 'GET', '/repos/:owner/:repo/commits', async (call) => {
    const repository = needRepository(call, 'read');
    const folder = repositoryPath(call.world, repository);
    const path = call.query.get('path') ?? '';
    const names = await listCommits(call.world.git, folder, [await commitAsked(call, repository, 'sha'), ...(path === '' ? [] : ['--', path])]);
    const { limit, offset } = pageOf(call);
    const commits = await readCommits(call.world.git, folder, names.slice(offset, offset + limit));
    return pageAnswer(
      call,
      commits.map((commit) => showCommit(call.shape, repository, commit)),
      names.length,
    );
  }),
  route('repository', 'GET', '/repos/:owner/:repo/git/commits/:sha', async (call) => {
    const repository = needRepository(call, 'read');
    const folder = repositoryPath(call.world, repository);
    const sha = await resolveCommit(call.world.git, folder, param(call, 'sha'));
    const [commit] = sha === null ? [] : await readCommits(call.world.git, folder, [sha]);
    if (commit === undefined) throw notFound();
    return json(200, showCommit(call.shape, repository, commit));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/git/refs', (call) => refs(call, '')),
  route('repository', 'GET', '/repos/:owner/:repo/git/refs/*ref', (call) => refs(call, param(call, 'ref'))),
];

async function refs(call: Call, prefix: string): Promise<Answer> {
  const repository = needRepository(call, 'read');
  const { out } = await call.world.git.run(repositoryPath(call.world, repository), [
    'for-each-ref',
    '--format=%(objectname) %(objecttype) %(refname)',
    'refs/',
  ]);
  const all = out.split('\n').flatMap((line) => {
    const [sha = '', type = '', ref = ''] = line.split(' ');
    return ref.startsWith(`refs/${prefix}`) && ref !== '' ? [{ sha, type, ref }] : [];
  });
  if (all.length === 0 && prefix !== '') throw notFound();
  const api = repositoryApi(call.shape, repository);
  return json(
    200,
    all.map(({ sha, type, ref }) => ({ ref, url: `${api}/git/${ref}`, object: { type, sha, url: `${api}/git/${type}s/${sha}` } })),
    { 'X-Total-Count': String(all.length) },
  );
}
