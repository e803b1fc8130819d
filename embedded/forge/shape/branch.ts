import type { CommitInfo } from '../git/commit.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { mayMerge, mayPush, protectionOf } from '../rules/protection.ts';
import { settingsOf, type ProtectionRow } from '../store/protection.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { timeText } from '../world.ts';
import { showPayloadCommit } from './commit.ts';
import type { Json, Shape } from './shape.ts';

export function showBranch(shape: Shape, repository: RepositoryRow, branch: string, commit: CommitInfo): Json {
  const { world, viewer } = shape;
  const rule = protectionOf(world, repository.id, branch);
  const writes = viewer !== null && reaches(accessOf(world, repository, viewer), 'write');
  return {
    name: branch,
    commit: showPayloadCommit(shape, repository, commit),
    protected: rule !== null,
    required_approvals: rule?.required_approvals ?? 0,
    enable_status_check: rule?.enable_status_check ?? false,
    status_check_contexts: rule?.status_check_contexts ?? [],
    user_can_push: writes && (rule === null || mayPush(rule, viewer)),
    user_can_merge: viewer !== null && (rule === null ? writes : mayMerge(rule, viewer, writes)),
    effective_branch_protection_name: rule?.row.rule_name ?? '',
  };
}

export const showProtection = (row: ProtectionRow): Json => ({
  approvals_whitelist_teams: [],
  block_on_official_review_requests: false,
  merge_whitelist_teams: [],
  push_whitelist_deploy_keys: false,
  push_whitelist_teams: [],
  require_signed_commits: false,
  ...settingsOf(row),
  branch_name: row.rule_name,
  rule_name: row.rule_name,
  created_at: timeText(row.created_at),
  updated_at: timeText(row.updated_at),
});
