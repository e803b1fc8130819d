import { z } from 'zod';

/** The fields that the administration reads; unknown ones are ignored, a list or text that is null counts as empty. */

const plain = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
/** On, unless the forge says that it is off. */
const unit = z
  .boolean()
  .nullish()
  .transform((value) => value ?? true);
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const count = z
  .int()
  .nullish()
  .transform((value) => value ?? 0);

export const version = z.object({ version: z.string().min(1) });
export const anything = z.unknown();

/** `active` is told to administrators only; to others every account looks inactive on some versions. */
export const account = z.object({ id: z.int(), login: z.string(), full_name: plain, is_admin: flag, active: flag, restricted: flag });

export const token = z.object({ id: z.int(), name: z.string(), scopes: texts });
export const freshToken = z.object({ sha1: z.string().min(1) });

export const repository = z.object({
  full_name: z.string(),
  empty: flag,
  private: flag,
  mirror: flag,
  archived: flag,
  default_branch: plain,
  description: plain,
  has_issues: unit,
  has_pull_requests: unit,
  /** Issues are kept elsewhere. */
  external_tracker: z.unknown().optional(),
  permissions: z.object({ admin: flag }).nullish(),
});

export const permission = z.object({ permission: z.string() });
export const label = z.object({ id: z.int(), name: z.string(), color: plain, description: plain });

/** What is not read is kept as well: nobody knows which setting a proof hangs on. */
export const protection = z.looseObject({
  rule_name: plain,
  branch_name: plain,
  /** Gitea's only. */
  priority: z.int().nullish(),
  created_at: plain,
  enable_push: flag,
  enable_push_whitelist: flag,
  push_whitelist_usernames: texts,
  enable_merge_whitelist: flag,
  merge_whitelist_usernames: texts,
  required_approvals: count,
  enable_approvals_whitelist: flag,
  approvals_whitelist_username: texts,
  dismiss_stale_approvals: flag,
  block_on_rejected_reviews: flag,
  enable_status_check: flag,
  status_check_contexts: texts,
  protected_file_patterns: plain,
  unprotected_file_patterns: plain,
  /** Forgejo's name. */
  apply_to_admins: flag,
  /** Gitea's name. */
  block_admin_merge_override: flag,
});
export type ProtectionWire = z.infer<typeof protection>;

export const hook = z.object({
  id: z.int(),
  type: plain,
  config: z.record(z.string(), z.unknown()).nullish(),
  events: texts,
  active: flag,
  branch_filter: plain,
  authorization_header: plain,
});
export type HookWire = z.infer<typeof hook>;

export const branch = z.object({ name: z.string(), commit: z.object({ id: z.string().min(1) }) });
/** The name of the rule is told to administrators. */
export const guardedBranch = z.object({ protected: flag, effective_branch_protection_name: plain });
export const tree = z.object({
  tree: z
    .array(z.object({ path: z.string(), type: z.string() }))
    .nullish()
    .transform((value) => value ?? []),
  total_count: z.int().nullish(),
  truncated: flag,
});
export const content = z.object({ type: z.string(), encoding: z.string().nullish(), content: z.string().nullish() });
