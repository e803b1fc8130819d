import { healMerges } from '../change/finish-merge.ts';
import { catchUp } from '../change/catch-up.ts';
import { openPull, type PullDraft } from '../change/pull.ts';
import { needText, text, texts } from '../fields.ts';
import { branchRef, readRef } from '../git/ref.ts';
import { invalid, notFound } from '../refused.ts';
import { json, needCaller, needRepository, pageAnswer, pageOf, param, route, type Answer, type Call, type Route } from '../route.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { showPull } from '../shape/pull.ts';
import { headTip } from '../rules/origin.ts';
import { insertEvent } from '../store/event.ts';
import { needIssue } from '../store/issue.ts';
import { knownLabels } from '../store/label.ts';
import { needPull, pullById, selectPulls, type PullRow } from '../store/pull.ts';
import { listRepositories, repositoryPath, type RepositoryRow } from '../store/repository.ts';
import { applyEdit } from './issue.ts';
import { orderOf } from './issue-list.ts';

export interface PullTarget {
  readonly repository: RepositoryRow;
  readonly pull: PullRow;
  readonly folder: string;
}

/** The pull request of the path, at the head its branch has now. */
export async function needPullTarget(call: Call, access: 'read' | 'write' = 'read'): Promise<PullTarget> {
  const repository = needRepository(call, access);
  const number = Number(param(call, 'index'));
  const folder = repositoryPath(call.world, repository);
  const pull = needPull(call.world, repository.id, number);
  await healMerges(call.world, pull.id);
  if (pull.state === 'open' && headTip(call.world, pull) !== pull.head_sha) await catchUp(call.world, repository);
  return { repository, pull: pullById(call.world, pull.id), folder };
}

/** `branch`, or `owner:branch` for the owner's fork. */
function originOf(call: Call, repository: RepositoryRow, head: string): Pick<PullDraft, 'head' | 'from'> {
  const colon = head.indexOf(':');
  const owner = colon === -1 ? repository.owner : head.slice(0, colon);
  const branch = head.slice(colon + 1);
  if (owner.toLowerCase() === repository.owner.toLowerCase()) return { head: branch, from: null };
  const from = listRepositories(call.world).find((each) => each.fork_of === repository.id && each.owner.toLowerCase() === owner.toLowerCase());
  if (from === undefined) throw notFound(`${owner} has no fork of ${repository.owner}/${repository.name}`);
  return { head: branch, from };
}

function listPulls(call: Call): Answer {
  const repository = needRepository(call, 'read');
  const state = call.query.get('state') ?? 'open';
  const where = `issues.repo_id = ?${state === 'all' ? '' : ' AND issues.state = ?'}`;
  const values = [repository.id, ...(state === 'all' ? [] : [state === 'closed' ? 'closed' : 'open'])];
  const total =
    call.world.database.get<{ n: number }>(`SELECT COUNT(*) AS n FROM pulls JOIN issues ON issues.id = pulls.issue_id WHERE ${where}`, ...values)?.n ?? 0;
  const { limit, offset } = pageOf(call);
  const order = orderOf(call).replaceAll(/(?<![.\w])(id|created_at|updated_at)\b/g, 'issues.$1');
  const rows = call.world.database.all<PullRow>(`${selectPulls} WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`, ...values, limit, offset);
  return pageAnswer(
    call,
    rows.map((row) => showPull(call.shape, repository, row)),
    total,
  );
}

async function editPull(call: Call): Promise<Answer> {
  const { repository, pull, folder } = await needPullTarget(call);
  const issue = needIssue(call.world, repository.id, pull.number);
  const base = text(call.input, 'base');
  if (base !== null && base !== '' && base !== pull.base) {
    if (readRef(folder, branchRef(base)) === null) throw notFound(`the branch ${base} does not exist`);
    if (pull.state === 'closed') throw invalid('the base of a closed pull request cannot change');
    needRepository(call, 'write');
    call.world.database.run('UPDATE pulls SET base = ? WHERE issue_id = ?', base, pull.id);
    insertEvent(call.world, pull.id, 'change_target_branch', needCaller(call).id, { old_text: pull.base, new_text: base });
    call.world.checks.touch(pull.id);
  }
  applyEdit(call, { repository, issue }, call.input);
  return json(201, showPull(call.shape, repository, pullById(call.world, pull.id)));
}

export const pullRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/pulls', listPulls),
  route('repository', 'POST', '/repos/:owner/:repo/pulls', async (call) => {
    const repository = needRepository(call, 'read');
    const user = needCaller(call);
    const writes = reaches(accessOf(call.world, repository, user), 'write');
    const wanted = call.input['labels'];
    const pull = await openPull(call.world, repository, user, {
      ...originOf(call, repository, needText(call.input, 'head')),
      base: needText(call.input, 'base'),
      title: needText(call.input, 'title'),
      body: text(call.input, 'body') ?? '',
      labels:
        writes && Array.isArray(wanted)
          ? knownLabels(
              call.world,
              repository.id,
              wanted.filter((id) => typeof id === 'number'),
            )
          : [],
      assignees: writes ? (texts(call.input, 'assignees') ?? []) : [],
    });
    return json(201, showPull(call.shape, repository, pull));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:index', async (call) => {
    const { repository, pull } = await needPullTarget(call);
    return json(200, showPull(call.shape, repository, pull));
  }),
  route('repository', 'PATCH', '/repos/:owner/:repo/pulls/:index', editPull),
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:base/:head', (call) => {
    const repository = needRepository(call, 'read');
    const found = call.world.database.get<PullRow>(
      `${selectPulls} WHERE issues.repo_id = ? AND base = ? AND head = ? ORDER BY issues.id DESC LIMIT 1`,
      repository.id,
      param(call, 'base'),
      param(call, 'head'),
    );
    if (found === undefined) throw notFound();
    return json(200, showPull(call.shape, repository, found));
  }),
];
