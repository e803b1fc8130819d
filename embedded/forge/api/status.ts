import { notifyStatus } from '../change/notify.ts';
import { needText, text } from '../fields.ts';
import { resolveCommit } from '../git/commit.ts';
import { branchRef, isSha, readRef } from '../git/ref.ts';
import { invalid, notFound, stumbled } from '../refused.ts';
import { json, needCaller, needRepository, pageAnswer, pageOf, param, route, type Answer, type Call, type Route } from '../route.ts';
import { showCombinedStatus, showStatus } from '../shape/status.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';
import { latestStatuses, type StatusRow } from '../store/status.ts';
import { seconds } from '../world.ts';

const states = ['pending', 'success', 'error', 'failure', 'warning'] as const;
const stateOf = (value: string): StatusRow['state'] => {
  const state = states.find((known) => known === value);
  if (state === undefined) throw invalid(`state must be one of ${states.join(', ')}`);
  return state;
};

/** Full names that the database knows are taken as they are (no child process); branches are read from their files; the rest git resolves. */
async function commitOf(call: Call, repository: RepositoryRow, name: string): Promise<string> {
  if (isSha(name)) {
    if (await isCommit(call, repository, name)) return name;
    throw notFound(`object does not exist [id: ${name}, rel_path: ]`);
  }
  const folder = repositoryPath(call.world, repository);
  const sha = readRef(folder, branchRef(name)) ?? (await resolveCommit(call.world.git, folder, name));
  if (sha === null) throw notFound(`commit does not exist: ${name}`);
  return sha;
}

/** Asks git only about commits that nothing in the database vouches for. */
async function isCommit(call: Call, repository: RepositoryRow, sha: string): Promise<boolean> {
  const { database, git } = call.world;
  const seen =
    database.get('SELECT 1 FROM statuses WHERE repo_id = ? AND sha = ? LIMIT 1', repository.id, sha) ??
    database.get('SELECT 1 FROM pulls WHERE repo_id = ? AND head_sha = ? LIMIT 1', repository.id, sha);
  return seen !== undefined || (await resolveCommit(git, repositoryPath(call.world, repository), sha)) === sha;
}

async function list(call: Call): Promise<Answer> {
  const repository = needRepository(call, 'read');
  const sha = await commitOf(call, repository, param(call, 'ref'));
  const oldest = ['oldest', 'leastupdate', 'leastindex'].includes(call.query.get('sort') ?? '');
  const state = call.query.get('state') ?? '';
  const { limit, offset } = pageOf(call);
  const where = `repo_id = ? AND sha = ?${state === '' ? '' : ' AND state = ?'}`;
  const values = [repository.id, sha, ...(state === '' ? [] : [state])];
  const total = call.world.database.get<{ n: number }>(`SELECT COUNT(*) AS n FROM statuses WHERE ${where}`, ...values)?.n ?? 0;
  const rows = call.world.database.all<StatusRow>(
    `SELECT * FROM statuses WHERE ${where} ORDER BY id ${oldest ? 'ASC' : 'DESC'} LIMIT ? OFFSET ?`,
    ...values,
    limit,
    offset,
  );
  return pageAnswer(
    call,
    rows.map((row) => showStatus(call.shape, repository, row)),
    total,
  );
}

export const statusRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/statuses/*ref', list),
  route('repository', 'GET', '/repos/:owner/:repo/commits/*ref/statuses', list),
  route('repository', 'GET', '/repos/:owner/:repo/commits/*ref/status', async (call) => {
    const repository = needRepository(call, 'read');
    const sha = await commitOf(call, repository, param(call, 'ref'));
    return json(200, showCombinedStatus(call.shape, repository, sha, latestStatuses(call.world, repository.id, sha)));
  }),
  // Any collaborator who may write may post any context: who reads a status must look at its creator.
  route('repository', 'POST', '/repos/:owner/:repo/statuses/:ref', async (call) => {
    const repository = needRepository(call, 'write');
    const user = needCaller(call);
    const sha = param(call, 'ref');
    if (!isSha(sha) || !(await isCommit(call, repository, sha))) throw stumbled();
    const { id } = call.world.database.run(
      'INSERT INTO statuses (repo_id, sha, state, context, description, target_url, creator_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      repository.id,
      sha,
      stateOf(needText(call.input, 'state')),
      text(call.input, 'context') || 'default',
      text(call.input, 'description') ?? '',
      text(call.input, 'target_url') ?? '',
      user.id,
      seconds(call.world),
    );
    for (const pull of call.world.database.all<{ issue_id: number }>(
      'SELECT issue_id FROM pulls WHERE repo_id = ? AND head_sha = ? AND merged_at IS NULL',
      repository.id,
      sha,
    )) {
      call.world.checks.touch(pull.issue_id);
    }
    const status = call.world.database.get<StatusRow>('SELECT * FROM statuses WHERE id = ?', id);
    if (status === undefined) throw new Error('the status vanished while it was made');
    await notifyStatus(call.world, repository, status, user);
    return json(201, showStatus(call.shape, repository, status));
  }),
];
