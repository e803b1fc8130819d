import type { ProtectionRule, StandingRule } from '#forge/admin';
import type { ProtectionWire } from './schema.ts';

type Whole = Required<ProtectionRule>;

/** The rule that an answer of the forge describes. Teams and deploy keys are not spoken of. */
export function ruleOf(wire: ProtectionWire): Whole {
  const writersOr = (limited: boolean, only: readonly string[]): 'writers' | { readonly only: readonly string[] } => (limited ? { only } : 'writers');
  return {
    name: wire.rule_name || wire.branch_name,
    push: wire.enable_push ? writersOr(wire.enable_push_whitelist, wire.push_whitelist_usernames) : 'nobody',
    merge: writersOr(wire.enable_merge_whitelist, wire.merge_whitelist_usernames),
    approvals: { required: wire.required_approvals, by: writersOr(wire.enable_approvals_whitelist, wire.approvals_whitelist_username) },
    dismissStaleApprovals: wire.dismiss_stale_approvals,
    blockOnRejectedReviews: wire.block_on_rejected_reviews,
    requiredContexts: wire.enable_status_check ? wire.status_check_contexts : null,
    protectedFiles: patternsOf(wire.protected_file_patterns),
    unprotectedFiles: patternsOf(wire.unprotected_file_patterns),
    appliesToAdmins: wire.apply_to_admins || wire.block_admin_merge_override,
  };
}

const times = new Set(['created_at', 'updated_at']);

export function standingOf(wire: ProtectionWire): StandingRule {
  const facts = Object.entries(wire).filter(([key]) => !times.has(key));
  // The order of a list means nothing, and no forge promises one.
  const inOrder = ([key, value]: readonly [string, unknown]): unknown => [key, Array.isArray(value) ? value.map(String).toSorted() : value];
  const whole = JSON.stringify(facts.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(inOrder));
  return { rule: ruleOf(wire), priority: wire.priority ?? null, madeAt: wire.created_at, whole };
}

/** The fields that say what is named; for Gitea and Forgejo in their own words. */
export function wireOf(rule: Partial<Omit<ProtectionRule, 'name'>>, isGitea: boolean): Readonly<Record<string, unknown>> {
  return {
    ...pushFields(rule.push),
    ...(rule.merge === undefined ? {} : { enable_merge_whitelist: rule.merge !== 'writers', merge_whitelist_usernames: namesOf(rule.merge) }),
    ...(rule.approvals === undefined
      ? {}
      : {
          required_approvals: rule.approvals.required,
          enable_approvals_whitelist: rule.approvals.by !== 'writers',
          approvals_whitelist_username: namesOf(rule.approvals.by),
        }),
    ...(rule.dismissStaleApprovals === undefined ? {} : { dismiss_stale_approvals: rule.dismissStaleApprovals }),
    ...(rule.blockOnRejectedReviews === undefined ? {} : { block_on_rejected_reviews: rule.blockOnRejectedReviews }),
    ...(rule.requiredContexts === undefined
      ? {}
      : { enable_status_check: rule.requiredContexts !== null, status_check_contexts: [...(rule.requiredContexts ?? [])] }),
    ...(rule.protectedFiles === undefined ? {} : { protected_file_patterns: rule.protectedFiles.join(';') }),
    ...(rule.unprotectedFiles === undefined ? {} : { unprotected_file_patterns: rule.unprotectedFiles.join(';') }),
    ...(rule.appliesToAdmins === undefined ? {} : { [isGitea ? 'block_admin_merge_override' : 'apply_to_admins']: rule.appliesToAdmins }),
  };
}

const pushFields = (push: ProtectionRule['push'] | undefined): Readonly<Record<string, unknown>> =>
  push === undefined
    ? {}
    : { enable_push: push !== 'nobody', enable_push_whitelist: typeof push === 'object', push_whitelist_usernames: push === 'nobody' ? [] : namesOf(push) };

const namesOf = (who: 'writers' | { readonly only: readonly string[] }): readonly string[] => (who === 'writers' ? [] : [...who.only]);

const patternsOf = (text: string): readonly string[] =>
  text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** What of `wanted` the rule that stands does not say, in words. Order and case of logins do not matter. */
export function shortfalls(wanted: Partial<ProtectionRule>, stands: Whole): readonly string[] {
  return (Object.keys(wanted) as (keyof ProtectionRule)[]).flatMap((key) => {
    const [want, have] = [canonical(wanted[key]), canonical(stands[key])];
    return want === undefined || want === have ? [] : [`${key} is ${have}, not ${want}`];
  });
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) => (Array.isArray(part) ? (part as readonly string[]).map((each) => each.toLowerCase()).toSorted() : part));
}
