import type { CommitInfo, Person } from '../git/commit.ts';
import { protectionOf, mayMerge, mayPush } from '../rules/protection.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { worstState } from '../rules/requirement.ts';
import { settingsOf, type ProtectionRow } from '../store/protection.ts';
import type { RepositoryRow } from '../store/repository.ts';
import type { StatusRow } from '../store/status.ts';
import type { HookRow } from '../store/hook.ts';
import { timeText, type World } from '../world.ts';
import type { UserRow } from '../store/user.ts';
import { showRepository, showUser, showUserId } from './repository.ts';
import { repositoryApi, repositoryPage, type Json, type Shape } from './shape.ts';

const verification: Json = { verified: false, reason: 'gpg.error.not_signed_commit', signature: '', signer: null, payload: '' };

const accountOf = (world: World, person: Person): UserRow | undefined =>
  world.database.get<UserRow>('SELECT * FROM users WHERE email = ?', person.email);

export function showCommit(shape: Shape, repository: RepositoryRow, commit: CommitInfo): Json {
  const url = (sha: string): string => `${repositoryApi(shape, repository)}/git/commits/${sha}`;
  const person = (of: Person): Json => ({ name: of.name, email: of.email, date: timeText(of.at) });
  const account = (of: Person): Json | null => {
    const user = accountOf(shape.world, of);
    return user === undefined ? null : showUser(shape, user);
  };
  return {
    url: url(commit.sha),
    sha: commit.sha,
    created: timeText(commit.committer.at),
    html_url: `${repositoryPage(shape, repository)}/commit/${commit.sha}`,
    commit: {
      url: url(commit.sha),
      author: person(commit.author),
      committer: person(commit.committer),
      message: commit.message,
      tree: { url: `${repositoryApi(shape, repository)}/git/trees/${commit.tree}`, sha: commit.tree, created: timeText(commit.committer.at) },
      verification,
    },
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((sha) => ({ url: url(sha), sha, created: '0001-01-01T00:00:00Z' })),
    files: null,
    stats: null,
  };
}

/** The shorter form of branches and pushes. */
export function showPayloadCommit(shape: Shape, repository: RepositoryRow, commit: CommitInfo): Json {
  const person = (of: Person): Json => ({ name: of.name, email: of.email, username: accountOf(shape.world, of)?.login ?? '' });
  return {
    id: commit.sha,
    message: commit.message,
    url: `${repositoryPage(shape, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    verification,
    timestamp: timeText(commit.author.at),
    added: null,
    removed: null,
    modified: null,
  };
}

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
  apply_to_admins: true,
  approvals_whitelist_teams: [],
  block_on_official_review_requests: false,
  merge_whitelist_teams: [],
  protected_file_patterns: '',
  push_whitelist_deploy_keys: false,
  push_whitelist_teams: [],
  require_signed_commits: false,
  unprotected_file_patterns: '',
  ...settingsOf(row),
  branch_name: row.rule_name,
  rule_name: row.rule_name,
  created_at: timeText(row.created_at),
  updated_at: timeText(row.updated_at),
});

export const showStatus = (shape: Shape, repository: RepositoryRow, status: StatusRow): Json => ({
  id: status.id,
  status: status.state,
  target_url: status.target_url,
  description: status.description,
  url: `${repositoryApi(shape, repository)}/statuses/${status.sha}`,
  context: status.context,
  creator: showUserId(shape, status.creator_id),
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

/** Never shows the secret. */
export const showHook = (hook: HookRow): Json => ({
  id: hook.id,
  type: hook.type,
  branch_filter: hook.branch_filter,
  config: { content_type: hook.content_type, url: hook.url },
  events: JSON.parse(hook.events),
  authorization_header: '',
  active: hook.active === 1,
  url: hook.url,
  content_type: hook.content_type,
  metadata: null,
  updated_at: timeText(hook.updated_at),
  created_at: timeText(hook.created_at),
});
