import { worstState } from '../rules/requirement.ts';
import type { RepositoryRow } from '../store/repository.ts';
import type { StatusRow } from '../store/status.ts';
import { isGhost, userById } from '../store/user.ts';
import { timeText } from '../world.ts';
import { showRepository, showUserId } from './repository.ts';
import { repositoryApi, type Json, type Shape } from './shape.ts';

export const showStatus = (shape: Shape, repository: RepositoryRow, status: StatusRow): Json => ({
  id: status.id,
  status: status.state,
  target_url: status.target_url,
  description: status.description,
  url: `${repositoryApi(shape, repository)}/statuses/${status.sha}`,
  context: status.context,
  // Whoever is gone is nobody here, where issues and reviews say Ghost.
  creator: isGhost(userById(shape.world, status.creator_id)) ? null : showUserId(shape, status.creator_id),
  created_at: timeText(status.created_at),
  updated_at: timeText(status.created_at),
});

export const showCombinedStatus = (shape: Shape, repository: RepositoryRow, sha: string, statuses: readonly StatusRow[]): Json => ({
  state: worstState(statuses) ?? 'pending',
  sha,
  total_count: statuses.length,
  statuses: statuses.map((status) => showStatus(shape, repository, status)),
  repository: showRepository(shape, repository),
  commit_url: `${repositoryApi(shape, repository)}/commits/${sha}`,
  url: `${repositoryApi(shape, repository)}/commits/${sha}/status`,
});
