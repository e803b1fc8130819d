import { globPattern } from './glob.ts';
import { listProtections, settingsOf, type ProtectionRow, type ProtectionSettings } from '../store/protection.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

export interface Protection extends ProtectionSettings {
  readonly row: ProtectionRow;
}

/** The rule that protects a branch: a plain name, in which case does not matter, wins over a glob, an older glob over a newer one. */
export function protectionOf(world: World, repository: number, branch: string): Protection | null {
  const rows = listProtections(world, repository);
  const row = rows.find((rule) => rule.rule_name.toLowerCase() === branch.toLowerCase()) ?? rows.find((rule) => globPattern(rule.rule_name, '/').test(branch));
  return row === undefined ? null : { ...settingsOf(row), row };
}

const listed = (names: readonly string[], user: UserRow): boolean => names.some((name) => name.toLowerCase() === user.login.toLowerCase());

/** Whether an account with write access may push to the protected branch. Administrators are not above the rule. */
export const mayPush = (rule: ProtectionSettings, user: UserRow): boolean =>
  rule.enable_push && (!rule.enable_push_whitelist || listed(rule.push_whitelist_usernames, user));

export const mayMerge = (rule: ProtectionSettings, user: UserRow, writes: boolean): boolean =>
  rule.enable_merge_whitelist ? listed(rule.merge_whitelist_usernames, user) : writes;

/** Whether an approval or rejection by this account counts. */
export const countsAsOfficial = (rule: ProtectionSettings | null, user: UserRow, writes: boolean): boolean =>
  rule !== null && rule.enable_approvals_whitelist ? listed(rule.approvals_whitelist_username, user) : writes;
