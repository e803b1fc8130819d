import { seconds, type World } from '../world.ts';

/** The settings of a rule, named as on the wire. */
export interface ProtectionSettings {
  readonly enable_push: boolean;
  readonly enable_push_whitelist: boolean;
  readonly push_whitelist_usernames: readonly string[];
  readonly enable_merge_whitelist: boolean;
  readonly merge_whitelist_usernames: readonly string[];
  readonly enable_status_check: boolean;
  readonly status_check_contexts: readonly string[];
  readonly required_approvals: number;
  readonly enable_approvals_whitelist: boolean;
  readonly approvals_whitelist_username: readonly string[];
  readonly block_on_rejected_reviews: boolean;
  readonly block_on_outdated_branch: boolean;
  readonly dismiss_stale_approvals: boolean;
  readonly ignore_stale_approvals: boolean;
  /** Globs between semicolons; what matches is changed by nobody who pushes and merged by administrators only. */
  readonly protected_file_patterns: string;
  /** Globs between semicolons; a push that touches nothing else passes even where pushes do not. */
  readonly unprotected_file_patterns: string;
  /** Whether an administrator's forced merge is refused as well. */
  readonly apply_to_admins: boolean;
}

export interface ProtectionRow {
  readonly id: number;
  readonly repo_id: number;
  readonly rule_name: string;
  readonly settings: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export const noProtection: ProtectionSettings = {
  enable_push: false,
  enable_push_whitelist: false,
  push_whitelist_usernames: [],
  enable_merge_whitelist: false,
  merge_whitelist_usernames: [],
  enable_status_check: false,
  status_check_contexts: [],
  required_approvals: 0,
  enable_approvals_whitelist: false,
  approvals_whitelist_username: [],
  block_on_rejected_reviews: false,
  block_on_outdated_branch: false,
  dismiss_stale_approvals: false,
  ignore_stale_approvals: false,
  protected_file_patterns: '',
  unprotected_file_patterns: '',
  apply_to_admins: false,
};

export const listProtections = (world: World, repository: number): ProtectionRow[] =>
  world.database.all<ProtectionRow>('SELECT * FROM protections WHERE repo_id = ? ORDER BY id', repository);

export const findProtection = (world: World, repository: number, rule: string): ProtectionRow | undefined =>
  world.database.get<ProtectionRow>('SELECT * FROM protections WHERE repo_id = ? AND rule_name = ?', repository, rule);

export const settingsOf = (row: ProtectionRow): ProtectionSettings => ({ ...noProtection, ...(JSON.parse(row.settings) as Partial<ProtectionSettings>) });

/** Makes or replaces the rule with this name. */
export function saveProtection(world: World, repository: number, rule: string, settings: ProtectionSettings): void {
  const now = seconds(world);
  world.database.run(
    `INSERT INTO protections (repo_id, rule_name, settings, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (repo_id, rule_name) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at`,
    repository,
    rule,
    JSON.stringify(settings),
    now,
    now,
  );
}
