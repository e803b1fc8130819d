import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { demandScope, type Caller } from './auth.ts';
import { refsChanged, whileBusy } from './change/pushed.ts';
import { backendEnd, callBackend, type BackendAnswer, type BackendCall } from './git/backend.ts';
import { readPushCommands } from './git/receive.ts';
import { isZero, readRef } from './git/ref.ts';
import { notFound, Refused } from './refused.ts';
import { demand } from './rules/access.ts';
import { guardOf } from './rules/push.ts';
import { findRepository, repositoryPath, type RepositoryRow } from './store/repository.ts';
import type { UserRow } from './store/user.ts';
import type { World } from './world.ts';

export interface GitPath {
  readonly owner: string;
  readonly repository: string;
  readonly tail: 'info/refs' | 'git-upload-pack' | 'git-receive-pack';
}

export function parseGitPath(path: string): GitPath | null {
  const found = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  if (found === null) return null;
  return { owner: found[1] ?? '', repository: found[2] ?? '', tail: found[3] as GitPath['tail'] };
}

/** Serves git's smart HTTP protocol. The answer to a push ends when everything that follows from it is in the database. */
export async function serveGit(world: World, at: GitPath, url: URL, caller: Caller | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const service = at.tail === 'info/refs' ? url.searchParams.get('service') : at.tail;
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') throw new Refused(403, 'only the smart protocol of git is offered');
  const repository = needGitRepository(world, at, caller, service === 'git-receive-pack');
  const backend: BackendCall = {
    root: world.directory,
    path: `/${repository.owner}/${repository.name}.git/${at.tail}`,
    query: url.search.slice(1),
    method: request.method ?? 'GET',
    contentType: request.headers['content-type'] ?? '',
    contentEncoding: request.headers['content-encoding'] ?? '',
    protocol: String(request.headers['git-protocol'] ?? ''),
    user: caller?.user.login ?? '',
    hooks: null,
    extra: {},
  };
  if (at.tail === 'git-receive-pack') {
    if (caller === null) throw new Refused(401, 'pushing needs an account');
    await whileBusy(world, repository.id, () => receivePush(world, repository, caller.user, backend, request, response));
    return;
  }
  const answer = await callBackend(world.git, backend, request);
  response.once('close', () => answer.child.kill('SIGTERM'));
  await copy(answer, response);
  response.end();
}

function needGitRepository(world: World, at: GitPath, caller: Caller | null, writes: boolean): RepositoryRow {
  const repository = findRepository(world, at.owner, at.repository);
  // Who is nobody is asked to say who they are, whether the repository exists or not.
  if (caller === null && (repository === undefined || repository.private === 1 || writes)) throw new Refused(401, 'authentication required');
  if (caller?.scopes != null && !world.gitTakesTokens) throw new Refused(401, 'git takes no tokens here: use the password of the account');
  if (repository === undefined) throw notFound('repository not found');
  demandScope(caller, 'repository', writes);
  demand(world, repository, caller?.user ?? null, writes ? 'write' : 'read');
  if (writes && repository.archived_at !== null) throw new Refused(403, 'This repo is archived. You can view files and clone it, but cannot push.');
  return repository;
}

async function receivePush(
  world: World,
  repository: RepositoryRow,
  user: UserRow,
  backend: BackendCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const plain: Readable = backend.contentEncoding === 'gzip' || backend.contentEncoding === 'x-gzip' ? request.pipe(createGunzip()) : request;
  const chunks = plain[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const { commands, read } = await readPushCommands(chunks);
  const guard = guardOf(world, repository, user, commands);
  const answer = await callBackend(world.git, { ...backend, contentEncoding: '', ...guard }, Readable.from(followedBy(read, chunks)));
  await copy(answer, response);
  await backendEnd(answer.child);
  const folder = repositoryPath(world, repository);
  const moved = commands.filter((command) => {
    const now = readRef(folder, command.ref);
    return command.before !== command.after && (isZero(command.after) ? now === null : now === command.after);
  });
  await refsChanged(world, repository, user, moved);
  response.end();
}

async function* followedBy(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

/** Copies the answer; when the caller is gone it is read to the end all the same, so that git ends in its own way. */
async function copy(answer: BackendAnswer, response: ServerResponse): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  for await (const chunk of answer.body) {
    if (response.destroyed || response.write(chunk)) continue;
    await Promise.race([new Promise<void>((resolve) => response.once('drain', resolve)), gone]);
  }
}
