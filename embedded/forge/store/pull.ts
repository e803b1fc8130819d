import { notFound } from '../refused.ts';
import type { World } from '../world.ts';
import type { IssueRow } from './issue.ts';

export interface PullRow extends IssueRow {
  /** Branch names, without `refs/heads/`. */
  readonly head: string;
  readonly base: string;
  /** The fork that the branch is in; null: it is in the repository itself. */
  readonly head_repo: number | null;
  readonly head_sha: string;
  /** Tip of the base branch: before the merge once merged, else as last seen. */
  readonly base_sha: string;
  readonly merge_base: string;
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
  readonly merged_at: number | null;
  readonly merged_by: number | null;
  readonly merge_sha: string | null;
}

export const selectPulls = `SELECT issues.*, pulls.head, pulls.head_repo, pulls.base, pulls.head_sha, pulls.base_sha, pulls.merge_base, pulls.additions, pulls.deletions,
  pulls.files, pulls.merged_at, pulls.merged_by, pulls.merge_sha FROM pulls JOIN issues ON issues.id = pulls.issue_id`;

export function needPull(world: World, repository: number, number: number): PullRow {
  const pull = world.database.get<PullRow>(`${selectPulls} WHERE issues.repo_id = ? AND issues.number = ?`, repository, number);
  if (pull === undefined) throw notFound(`pull request does not exist [index: ${number}]`);
  return pull;
}

export const pullById = (world: World, id: number): PullRow => {
  const pull = world.database.get<PullRow>(`${selectPulls} WHERE issues.id = ?`, id);
  if (pull === undefined) throw notFound();
  return pull;
};

export const openPullsFrom = (world: World, repository: number, head: string): PullRow[] =>
  world.database.all<PullRow>(
    `${selectPulls} WHERE pulls.repo_id = ? AND pulls.head = ? AND pulls.head_repo IS NULL AND issues.state = 'open'`,
    repository,
    head,
  );

/** Those that come from a branch of another repository, which is a fork. */
export const openPullsFromFork = (world: World, fork: number, head: string): PullRow[] =>
  world.database.all<PullRow>(`${selectPulls} WHERE pulls.head_repo = ? AND pulls.head = ? AND issues.state = 'open'`, fork, head);

export const openPullsInto = (world: World, repository: number, base: string): PullRow[] =>
  world.database.all<PullRow>(`${selectPulls} WHERE pulls.repo_id = ? AND pulls.base = ? AND issues.state = 'open'`, repository, base);

export const listOpenPulls = (world: World, repository: number): PullRow[] =>
  world.database.all<PullRow>(`${selectPulls} WHERE pulls.repo_id = ? AND issues.state = 'open'`, repository);
