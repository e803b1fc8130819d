import { listReviews } from '../store/review.ts';
import { latestStatuses, type StatusRow } from '../store/status.ts';
import type { World } from '../world.ts';
import { filePattern, matchesPattern } from './file-pattern.ts';
import { globPattern } from './glob.ts';
import type { Protection } from './protection.ts';

/** Worst state over statuses: failure and error, then pending, then success (a warning passes). Null: there is none. */
export function worstState(statuses: readonly StatusRow[]): StatusRow['state'] | null {
  for (const state of ['error', 'failure', 'pending', 'warning', 'success'] as const) {
    if (statuses.some((status) => status.state === state)) return state;
  }
  return null;
}

const passes = (state: StatusRow['state'] | null): boolean => state === 'success' || state === 'warning';

/** Whether every required context (a glob) has at least one status on the commit and all that it matches passed. */
function checksPass(contexts: readonly string[], statuses: readonly StatusRow[]): boolean {
  if (contexts.length === 0) return statuses.length === 0 || passes(worstState(statuses));
  return contexts.every((context) => {
    const pattern = globPattern(context, null);
    return passes(worstState(statuses.filter((status) => pattern.test(status.context))));
  });
}

/** Why the branch's rule forbids to merge this head now, in Gitea's words; null: it does not. */
export function missingForMerge(
  world: World,
  rule: Protection,
  pull: { id: number; repo_id: number; head_sha: string },
  { outdated, paths }: { readonly outdated: boolean; readonly paths: readonly string[] },
): string | null {
  if (rule.enable_status_check && !checksPass(rule.status_check_contexts, latestStatuses(world, pull.repo_id, pull.head_sha))) {
    return 'Not all required status checks successful';
  }
  const reviews = listReviews(world, pull.id).filter((review) => review.official === 1 && review.dismissed === 0);
  const approvals = reviews.filter((review) => review.state === 'APPROVED' && !(rule.ignore_stale_approvals && review.stale === 1));
  if (approvals.length < rule.required_approvals) return 'Does not have enough approvals';
  if (rule.block_on_rejected_reviews && reviews.some((review) => review.state === 'REQUEST_CHANGES')) return 'There are requested changes';
  if (rule.block_on_outdated_branch && outdated) return 'The head branch is behind the base branch';
  const shut = filePattern(rule.protected_file_patterns);
  if (paths.some((path) => matchesPattern(shut, path))) return 'Changed protected files';
  return null;
}
