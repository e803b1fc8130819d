import { notFound } from '../refused.ts';
import { seconds, type World } from '../world.ts';
import type { UserRow } from './user.ts';

export interface IssueRow {
  readonly id: number;
  readonly repo_id: number;
  readonly number: number;
  /** 1: a pull request. */
  readonly pull: number;
  readonly author_id: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly created_at: number;
  readonly updated_at: number;
  readonly closed_at: number | null;
}

export const findIssue = (world: World, repository: number, number: number): IssueRow | undefined =>
  world.database.get<IssueRow>('SELECT * FROM issues WHERE repo_id = ? AND number = ?', repository, number);

export function needIssue(world: World, repository: number, number: number): IssueRow {
  const issue = findIssue(world, repository, number);
  if (issue === undefined) throw notFound(`issue does not exist [index: ${number}]`);
  return issue;
}

export const issueById = (world: World, id: number): IssueRow => {
  const issue = world.database.get<IssueRow>('SELECT * FROM issues WHERE id = ?', id);
  if (issue === undefined) throw notFound();
  return issue;
};

/** Issues and pull requests share the numbers of a repository. Call inside a transaction. */
export function insertIssue(world: World, issue: { repository: number; author: number; title: string; body: string; pull: boolean }): IssueRow {
  const next = world.database.get<{ next: number }>('SELECT COALESCE(MAX(number), 0) + 1 AS next FROM issues WHERE repo_id = ?', issue.repository);
  const now = seconds(world);
  const { id } = world.database.run(
    "INSERT INTO issues (repo_id, number, pull, author_id, title, body, state, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)",
    issue.repository,
    next?.next ?? 1,
    issue.pull ? 1 : 0,
    issue.author,
    issue.title,
    issue.body,
    now,
    now,
  );
  return issueById(world, id);
}

export const touchIssue = (world: World, id: number): void => {
  world.database.run('UPDATE issues SET updated_at = ? WHERE id = ?', seconds(world), id);
};

export const assigneesOf = (world: World, issue: number): UserRow[] =>
  world.database.all<UserRow>(
    'SELECT users.* FROM issue_assignees JOIN users ON users.id = issue_assignees.user_id WHERE issue_id = ? ORDER BY users.login',
    issue,
  );

export const commentCount = (world: World, issue: number): number =>
  world.database.get<{ n: number }>("SELECT COUNT(*) AS n FROM events WHERE issue_id = ? AND kind = 'comment'", issue)?.n ?? 0;
