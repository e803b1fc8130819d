import { closeFromFork, fork } from '../change/fork.ts';
import { createRepository, removeRepository, renameRepository } from '../change/repository.ts';
import { flag, needText, text } from '../fields.ts';
import { branchRef, readRef } from '../git/ref.ts';
import { forbidden, invalid, Refused } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, type Answer, type Call, type Route } from '../route.ts';
import { accessOf, collaboratorAccess, reaches } from '../rules/access.ts';
import { showRepository, showUser } from '../shape/repository.ts';
import {
  findRepository,
  listRepositories,
  repositoryById,
  repositoryPath,
  saveCollaborator,
  touchRepository,
  type RepositoryRow,
} from '../store/repository.ts';
import { findUser, needUser, type UserRow } from '../store/user.ts';
import { seconds, type World } from '../world.ts';
import { needSiteAdmin } from '../site/site-admin.ts';

/** Creates the repository that a request describes, for this owner. */
export async function createFor(call: Call, owner: UserRow): Promise<Answer> {
  const name = needText(call.input, 'name');
  if (findRepository(call.world, owner.login, name) !== undefined) throw new Refused(409, 'The repository with the same name already exists.');
  const repository = await createRepository(call.world, owner, {
    name,
    description: text(call.input, 'description') ?? '',
    private: flag(call.input, 'private') ?? false,
    defaultBranch: text(call.input, 'default_branch') || 'main',
    content: flag(call.input, 'auto_init') === true ? { readme: `# ${name}\n` } : null,
  });
  return json(201, showRepository(call.shape, repository));
}

const collaborators = (world: World, repository: number): UserRow[] =>
  world.database.all<UserRow>(
    'SELECT users.* FROM collaborators JOIN users ON users.id = collaborators.user_id WHERE repo_id = ? ORDER BY users.login',
    repository,
  );

/** Who can be assigned or asked for a review: the owner and everybody who may write. */
const writers = (call: Call, repository: RepositoryRow): Answer => {
  const owner = needUser(call.world, repository.owner);
  const others = collaborators(call.world, repository.id).filter((user) => reaches(collaboratorAccess(call.world, repository, user) ?? 'none', 'write'));
  return json(
    200,
    [owner, ...others.filter((user) => user.id !== owner.id)].map((user) => showUser(call.shape, user)),
  );
};

const visible = (call: Call): RepositoryRow[] =>
  listRepositories(call.world).filter((repository) => accessOf(call.world, repository, call.caller?.user ?? null) !== 'none');

async function edit(call: Call): Promise<Answer> {
  const repository = needRepository(call, 'admin');
  const branch = text(call.input, 'default_branch') ?? repository.default_branch;
  const folder = repositoryPath(call.world, repository);
  if (branch !== repository.default_branch) {
    if (readRef(folder, branchRef(branch)) === null) throw invalid(`the branch ${branch} does not exist`);
    await call.world.git.run(folder, ['symbolic-ref', 'HEAD', branchRef(branch)]);
  }
  call.world.database.run(
    'UPDATE repositories SET description = ?, private = ?, default_branch = ? WHERE id = ?',
    text(call.input, 'description') ?? repository.description,
    Number(flag(call.input, 'private') ?? repository.private === 1),
    branch,
    repository.id,
  );
  archive(call, repository);
  const name = text(call.input, 'name') ?? repository.name;
  if (name !== repository.name) await renameRepository(call.world, repository, name);
  touchRepository(call.world, repository.id);
  return json(200, showRepository(call.shape, repositoryById(call.world, repository.id)));
}

function archive(call: Call, repository: RepositoryRow): void {
  const wanted = flag(call.input, 'archived');
  if (wanted === null || wanted === (repository.archived_at !== null)) return;
  call.world.database.run('UPDATE repositories SET archived_at = ? WHERE id = ?', wanted ? seconds(call.world) : null, repository.id);
}

function permissionAnswer(call: Call): Answer {
  const repository = needRepository(call, 'read');
  const caller = needCaller(call);
  const user = needUser(call.world, param(call, 'login'));
  if (caller.id !== user.id && !reaches(accessOf(call.world, repository, caller), 'admin')) {
    throw forbidden('Only admins can query all permissions, repository admins can query all repository permissions, collaborators can query only their own');
  }
  const access = accessOf(call.world, repository, user);
  return json(200, { permission: access, role_name: access, user: showUser(call.shape, user) });
}

export const repositoryRoutes: readonly Route[] = [
  route('user', 'GET', '/user/repos', (call) => {
    const user = needCaller(call);
    const mine = listRepositories(call.world).filter((row) => row.owner_id === user.id || collaboratorAccess(call.world, row, user) !== null);
    return pagedList(call, mine, (row) => showRepository(call.shape, row));
  }),
  route('user', 'POST', '/user/repos', (call) => createFor(call, needCaller(call))),
  route('user', 'GET', '/users/:login/repos', (call) => {
    const owner = needUser(call.world, param(call, 'login'));
    return pagedList(
      call,
      visible(call).filter((row) => row.owner_id === owner.id),
      (row) => showRepository(call.shape, row),
    );
  }),
  route('admin', 'POST', '/admin/users/:login/repos', (call) => {
    needSiteAdmin(call);
    return createFor(call, needUser(call.world, param(call, 'login')));
  }),
  route('repository', 'GET', '/repos/:owner/:repo', (call) => json(200, showRepository(call.shape, needRepository(call, 'read')))),
  route('repository', 'PATCH', '/repos/:owner/:repo', edit),
  route('repository', 'DELETE', '/repos/:owner/:repo', async (call) => {
    const repository = needRepository(call, 'owner');
    closeFromFork(call.world, repository);
    await removeRepository(call.world, repository);
    return nothing();
  }),
  route('repository', 'POST', '/repos/:owner/:repo/forks', async (call) => {
    const source = needRepository(call, 'read');
    return json(202, showRepository(call.shape, await fork(call.world, source, needCaller(call), text(call.input, 'name') ?? source.name)));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/assignees', (call) => writers(call, needRepository(call, 'read'))),
  route('repository', 'GET', '/repos/:owner/:repo/reviewers', (call) => writers(call, needRepository(call, 'read'))),
  route('repository', 'GET', '/repos/:owner/:repo/collaborators', (call) => {
    const repository = needRepository(call, 'read');
    return pagedList(call, collaborators(call.world, repository.id), (user) => showUser(call.shape, user));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/collaborators/:login', (call) => {
    const repository = needRepository(call, 'read');
    const user = findUser(call.world, param(call, 'login'));
    if (user === undefined) throw invalid(`user does not exist [name: ${param(call, 'login')}]`);
    return nothing(collaboratorAccess(call.world, repository, user) === null ? 404 : 204);
  }),
  route('repository', 'PUT', '/repos/:owner/:repo/collaborators/:login', (call) => {
    const repository = needRepository(call, 'admin');
    const user = findUser(call.world, param(call, 'login'));
    const permission = text(call.input, 'permission') ?? 'write';
    if (user === undefined) throw invalid(`user does not exist [name: ${param(call, 'login')}]`);
    if (permission !== 'read' && permission !== 'write' && permission !== 'admin') throw invalid(`unknown permission: ${permission}`);
    saveCollaborator(call.world, repository.id, user.id, permission);
    return nothing();
  }),
  route('repository', 'DELETE', '/repos/:owner/:repo/collaborators/:login', (call) => {
    const repository = needRepository(call, 'admin');
    const user = findUser(call.world, param(call, 'login'));
    if (user === undefined) throw invalid(`user does not exist [name: ${param(call, 'login')}]`);
    call.world.database.run('DELETE FROM collaborators WHERE repo_id = ? AND user_id = ?', repository.id, user.id);
    return nothing();
  }),
  route('repository', 'GET', '/repos/:owner/:repo/collaborators/:login/permission', permissionAnswer),
];
