import { deleteBranch } from '../change/finish-merge.ts';
import { refsChanged, whileBusy } from '../change/pushed.ts';
import { needText, text } from '../fields.ts';
import { readCommits, resolveCommit } from '../git/commit.ts';
import { branchRef, isSafeRef, readRef, zero } from '../git/ref.ts';
import { forbidden, invalid, notFound, Refused } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pageAnswer, pageOf, param, route, type Call, type Route } from '../route.ts';
import { protectionOf } from '../rules/protection.ts';
import { showBranch } from '../shape/branch.ts';
import { repositoryPath } from '../store/repository.ts';

async function createBranch(call: Call): Promise<ReturnType<typeof json>> {
  const repository = needRepository(call, 'write');
  const folder = repositoryPath(call.world, repository);
  const name = needText(call.input, 'new_branch_name');
  const from = text(call.input, 'old_ref_name') || text(call.input, 'old_branch_name') || repository.default_branch;
  if (!isSafeRef(branchRef(name))) throw invalid(`not a branch name: ${name}`);
  const sha = await resolveCommit(call.world.git, folder, from);
  if (sha === null) throw notFound(`the old branch does not exist: ${from}`);
  await whileBusy(call.world, repository.id, async () => {
    const { code } = await call.world.git.run(folder, ['update-ref', branchRef(name), sha, zero], { answers: [1, 128] });
    if (code !== 0) throw new Refused(409, 'The branch already exists.');
    await refsChanged(call.world, repository, needCaller(call), [{ ref: branchRef(name), before: zero, after: sha }]);
  });
  const [commit] = await readCommits(call.world.git, folder, [sha]);
  if (commit === undefined) throw notFound();
  return json(201, showBranch(call.shape, repository, name, commit));
}

export const branchRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/branches', async (call) => {
    const repository = needRepository(call, 'read');
    const folder = repositoryPath(call.world, repository);
    const { out } = await call.world.git.run(folder, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/']);
    const all = out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ sha: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 'refs/heads/'.length + 1) }));
    const { limit, offset } = pageOf(call);
    const rows = all.slice(offset, offset + limit);
    const commits = await readCommits(
      call.world.git,
      folder,
      rows.map((row) => row.sha),
    );
    return pageAnswer(
      call,
      rows.flatMap((row, at) => {
        const commit = commits[at];
        return commit === undefined ? [] : [showBranch(call.shape, repository, row.name, commit)];
      }),
      all.length,
    );
  }),
  route('repository', 'POST', '/repos/:owner/:repo/branches', createBranch),
  route('repository', 'GET', '/repos/:owner/:repo/branches/*name', async (call) => {
    const repository = needRepository(call, 'read');
    const folder = repositoryPath(call.world, repository);
    const sha = readRef(folder, branchRef(param(call, 'name')));
    const [commit] = sha === null ? [] : await readCommits(call.world.git, folder, [sha]);
    if (commit === undefined) throw notFound(`branch does not exist [name: ${param(call, 'name')}]`);
    return json(200, showBranch(call.shape, repository, param(call, 'name'), commit));
  }),
  route('repository', 'DELETE', '/repos/:owner/:repo/branches/*name', async (call) => {
    const repository = needRepository(call, 'write');
    const name = param(call, 'name');
    const tip = readRef(repositoryPath(call.world, repository), branchRef(name));
    if (tip === null) throw notFound();
    if (name === repository.default_branch) throw forbidden("can't delete default branch");
    if (protectionOf(call.world, repository.id, name) !== null) throw forbidden('branch protected');
    if (!(await deleteBranch(call.world, repository, name, tip, needCaller(call)))) throw new Refused(409, 'the branch moved meanwhile');
    return nothing();
  }),
];
