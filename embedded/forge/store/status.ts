import type { World } from '../world.ts';

export interface StatusRow {
  readonly id: number;
  readonly repo_id: number;
  readonly sha: string;
  readonly state: 'pending' | 'success' | 'error' | 'failure' | 'warning';
  readonly context: string;
  readonly description: string;
  readonly target_url: string;
  readonly creator_id: number;
  readonly created_at: number;
}

/** The newest status of each context, newest first. */
export const latestStatuses = (world: World, repository: number, sha: string): StatusRow[] =>
  world.database.all<StatusRow>(
    'SELECT * FROM statuses WHERE id IN (SELECT MAX(id) FROM statuses WHERE repo_id = ? AND sha = ? GROUP BY context) ORDER BY id DESC',
    repository,
    sha,
  );
