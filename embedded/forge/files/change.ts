import { refsChanged, whileBusy } from '../change/pushed.ts';
import { needText, records, text, type Input } from '../fields.ts';
import { readCommits } from '../git/commit.ts';
import { branchRef, isSafeRef, readRef, zero } from '../git/ref.ts';
import { commitFiles, type FileWrite } from '../git/write-files.ts';
import { forbidden, invalid, notFound, Refused } from '../refused.ts';
import { json, needCaller, needRepository, route, type Answer, type Call, type Route } from '../route.ts';
import { filePattern, matchesPattern } from '../rules/file-pattern.ts';
import { mayPush, protectionOf } from '../rules/protection.ts';
import { showCommit } from '../shape/commit.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import { seconds } from '../world.ts';

/** Which branch is written to, and the commit it builds on (null: the repository has none yet). */
interface Place {
  readonly branch: string;
  readonly isNew: boolean;
  readonly parent: string | null;
}

function placeOf(call: Call, repository: RepositoryRow): Place {
  const folder = repositoryPath(call.world, repository);
  const from = text(call.input, 'branch') || repository.default_branch;
  const to = text(call.input, 'new_branch') || from;
  if (!isSafeRef(branchRef(to))) throw invalid(`not a branch name: ${to}`);
  const parent = readRef(folder, branchRef(from));
  const empty = readRef(folder, branchRef(repository.default_branch)) === null;
  if (parent === null && !(empty && to === from)) throw notFound(`branch does not exist [name: ${from}]`);
  if (to !== from && readRef(folder, branchRef(to)) !== null) throw invalid(`branch already exists [name: ${to}]`);
  return { branch: to, isNew: to !== from || parent === null, parent };
}

/** Refuses, in the words of Gitea, paths that the branch's rule keeps from this account. */
function demandAllowed(call: Call, repository: RepositoryRow, user: UserRow, branch: string, paths: readonly string[]): void {
  const rule = protectionOf(call.world, repository.id, branch);
  if (rule === null) return;
  const [shut, free] = [filePattern(rule.protected_file_patterns), filePattern(rule.unprotected_file_patterns)];
  for (const path of paths) {
    if (!mayPush(rule, user) && !matchesPattern(free, path)) throw forbidden(`user cannot commit to repo [user: ${user.login}]`);
    if (matchesPattern(shut, path)) throw forbidden(`file is protected and can not be changed [path: ${path}]`);
  }
}

async function blobAt(call: Call, folder: string, parent: string | null, path: string): Promise<string | null> {
  if (parent === null) return null;
  const { code, out } = await call.world.git.run(folder, ['rev-parse', '--verify', '--quiet', `${parent}:${path}`], { answers: [1, 128] });
  return code === 0 ? out.trim() : null;
}

async function writeOf(call: Call, folder: string, parent: string | null, input: Input): Promise<FileWrite> {
  const path = needText(input, 'path');
  if (path.split('/').some((piece) => piece === '' || piece === '.' || piece === '..' || piece.toLowerCase() === '.git') || /[\0-\x1f]/.test(path)) {
    throw invalid(`path contains a malformed path component [path: ${path}]`);
  }
  const there = await blobAt(call, folder, parent, path);
  const operation = needText(input, 'operation');
  if (operation === 'create') {
    if (there !== null) throw invalid(`repository file already exists [path: ${path}]`);
  } else if (operation === 'update' || operation === 'delete') {
    if (there === null) throw notFound(`repository file does not exist [path: ${path}]`);
    if (text(input, 'sha') !== there) throw invalid(`sha does not match [given: ${text(input, 'sha') ?? ''}, expected: ${there}]`);
  } else throw invalid(`operation must be one of create, update, delete`);
  return { path, content: operation === 'delete' ? null : Buffer.from(text(input, 'content') ?? '', 'base64') };
}

async function changeFiles(call: Call): Promise<Answer> {
  const repository = needRepository(call, 'write');
  const user = needCaller(call);
  const { world } = call;
  const folder = repositoryPath(world, repository);
  const place = placeOf(call, repository);
  const wanted = records(call.input, 'files') ?? [];
  if (wanted.length === 0) throw invalid('[files]: Required');
  const writes: FileWrite[] = [];
  for (const each of wanted) writes.push(await writeOf(call, folder, place.parent, each));
  const paths = writes.map((write) => write.path);
  demandAllowed(call, repository, user, place.branch, paths);
  const sha = await commitFiles(world.git, folder, {
    parent: place.parent,
    writes,
    message: text(call.input, 'message') || `Change ${paths.join(', ')}`,
    person: { name: user.full_name || user.login, email: user.email },
    at: seconds(world),
    scratch: world.chance.secret(6),
  });
  const before = place.isNew ? zero : (place.parent ?? zero);
  await whileBusy(world, repository.id, async () => {
    const { code } = await world.git.run(folder, ['update-ref', branchRef(place.branch), sha, before], { answers: [1, 128] });
    if (code !== 0) throw new Refused(409, `the branch ${place.branch} moved meanwhile`);
    await refsChanged(world, repository, user, [{ ref: branchRef(place.branch), before, after: sha }]);
  });
  const [commit] = await readCommits(world.git, folder, [sha]);
  if (commit === undefined) throw notFound();
  return json(201, { commit: showCommit(call.shape, repository, commit), files: paths.map((path) => ({ path, name: path.slice(path.lastIndexOf('/') + 1) })) });
}

export const fileChangeRoutes: readonly Route[] = [route('repository', 'POST', '/repos/:owner/:repo/contents', changeFiles)];
