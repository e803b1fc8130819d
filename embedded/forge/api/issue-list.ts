import type { SQLInputValue } from 'node:sqlite';
import { needRepository, pageAnswer, pageOf, route, type Call, type Route } from '../route.ts';
import { invalid } from '../refused.ts';
import { showIssue } from '../shape/issue.ts';
import type { IssueRow } from '../store/issue.ts';
import { knownLabels } from '../store/label.ts';
import { needUser } from '../store/user.ts';
import type { RepositoryRow } from '../store/repository.ts';

const orders: Readonly<Record<string, string>> = {
  oldest: 'created_at ASC, id ASC',
  recentupdate: 'updated_at DESC, id DESC',
  leastupdate: 'updated_at ASC, id ASC',
  mostcomment: "(SELECT COUNT(*) FROM events WHERE issue_id = issues.id AND kind = 'comment') DESC, id DESC",
  leastcomment: "(SELECT COUNT(*) FROM events WHERE issue_id = issues.id AND kind = 'comment') ASC, id ASC",
};

/** The `ORDER BY` of a list; newest first unless the caller says otherwise. */
export const orderOf = (call: Call): string => orders[call.query.get('sort') ?? ''] ?? 'created_at DESC, id DESC';

/** A time of the query in seconds, or null. 422 when it is not one. */
export function timeOf(call: Call, key: string): number | null {
  const value = call.query.get(key);
  if (value === null || value === '') return null;
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw invalid(`${key} is not an RFC 3339 time: ${value}`);
  return Math.floor(at / 1000);
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const when = (present: boolean, sql: string, ...values: SQLInputValue[]): Condition[] => (present ? [{ sql, values }] : []);

function stateConditions(call: Call): Condition[] {
  const state = call.query.get('state') ?? 'open';
  const type = call.query.get('type');
  return [
    ...when(state !== 'all', 'state = ?', state === 'closed' ? 'closed' : 'open'),
    ...when(type === 'issues', 'pull = 0'),
    ...when(type === 'pulls', 'pull = 1'),
  ];
}

/** Labels are AND; a name the repository lacks is left out, so that an unknown label alone filters nothing (as measured on Gitea). */
function labelConditions(call: Call, repository: RepositoryRow): Condition[] {
  const names = (call.query.get('labels') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const known = knownLabels(call.world, repository.id, names);
  return known.map((label) => ({
    sql: 'EXISTS (SELECT 1 FROM issue_labels JOIN labels ON labels.id = label_id WHERE issue_id = issues.id AND labels.name = ?)',
    values: [label.name],
  }));
}

function wordConditions(call: Call): Condition[] {
  const words = (call.query.get('q') ?? '').split(/\s+/).filter((word) => word !== '');
  return words.map((word) => {
    const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    return {
      sql: `(title LIKE ? ESCAPE '\\' OR body LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM events WHERE issue_id = issues.id AND kind = 'comment' AND events.body LIKE ? ESCAPE '\\'))`,
      values: [like, like, like],
    };
  });
}

function peopleAndTimeConditions(call: Call): Condition[] {
  const since = timeOf(call, 'since');
  const before = timeOf(call, 'before');
  const author = call.query.get('created_by') ?? '';
  const assignee = call.query.get('assigned_by') ?? '';
  return [
    ...when(since !== null, 'updated_at >= ?', since),
    ...when(before !== null, 'updated_at <= ?', before),
    ...(author === '' ? [] : when(true, 'author_id = ?', needUser(call.world, author).id)),
    ...(assignee === '' ? [] : when(true, 'id IN (SELECT issue_id FROM issue_assignees WHERE user_id = ?)', needUser(call.world, assignee).id)),
  ];
}

export const issueListRoutes: readonly Route[] = [
  route('issue', 'GET', '/repos/:owner/:repo/issues', (call) => {
    const repository = needRepository(call, 'read');
    const conditions = [
      { sql: 'repo_id = ?', values: [repository.id] },
      ...stateConditions(call),
      ...labelConditions(call, repository),
      ...wordConditions(call),
      ...peopleAndTimeConditions(call),
    ];
    const where = conditions.map((condition) => condition.sql).join(' AND ');
    const values = conditions.flatMap((condition) => [...condition.values]);
    const total = call.world.database.get<{ n: number }>(`SELECT COUNT(*) AS n FROM issues WHERE ${where}`, ...values)?.n ?? 0;
    const { limit, offset } = pageOf(call);
    const rows = call.world.database.all<IssueRow>(`SELECT * FROM issues WHERE ${where} ORDER BY ${orderOf(call)} LIMIT ? OFFSET ?`, ...values, limit, offset);
    return pageAnswer(
      call,
      rows.map((row) => showIssue(call.shape, repository, row)),
      total,
    );
  }),
];
