import { z } from 'zod';
import type { CommitStatus } from '#domain/check';
import type { PullRequest, Review, ReviewComment, Verdict } from '#domain/pull-request';
import { type Sha, asSha } from '#domain/sha';
import type { Branch } from '#forge';
import { type Label, date, labels, login, logins, number, plain, sha, state, text } from './schema.ts';

const end = z.object({ ref: z.string(), label: plain, sha: plain, repo_id: z.int().nullish(), repo: z.object({ owner: login }).nullish() });
type End = z.infer<typeof end>;

const rawPullRequest = z.object({
  number,
  title: text,
  body: text,
  user: login,
  state,
  merged: z.boolean().nullish(),
  draft: z.boolean().nullish(),
  labels,
  assignees: logins,
  head: end,
  base: end,
  merge_commit_sha: sha.nullish().or(z.literal('').transform(() => null)),
  merged_by: login,
  created_at: date,
  updated_at: date,
  comments: number.nullish(),
});

export const pullRequest = rawPullRequest.transform((raw, context): { readonly pullRequest: PullRequest; readonly labels: readonly Label[] } => {
  const merged = raw.merged === true;
  const head = headOf(raw.head, raw.state);
  if (head === null) {
    context.addIssue({ code: 'custom', path: ['head', 'sha'], message: 'not a full commit id' });
    return z.NEVER;
  }
  const found: PullRequest = {
    number: raw.number,
    title: raw.title,
    body: raw.body,
    author: raw.user,
    state: merged ? 'merged' : raw.state,
    draft: raw.draft ?? false,
    labels: new Set(raw.labels.map((each) => each.name)),
    assignees: raw.assignees,
    branch: branchOf(raw.head, raw.base),
    head,
    base: raw.base.ref,
    mergeCommit: merged ? (raw.merge_commit_sha ?? null) : null,
    mergedBy: merged && raw.merged_by !== '' ? raw.merged_by : null,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    comments: raw.comments ?? 0,
  };
  return { pullRequest: found, labels: raw.labels };
});

/** The forge may have lost the head of a closed pull request (fork deleted); an open one always has it. */
function headOf(head: End, current: 'open' | 'closed'): Sha | null {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(head.sha)) return asSha(head.sha);
  return current === 'closed' ? asSha('0'.repeat(40)) : null;
}

/** Once the branch is gone, `ref` says `refs/pull/n/head` and only the label keeps the name. A branch of a fork is named `owner:branch`. */
function branchOf(head: End, base: End): string {
  const name = head.ref.startsWith('refs/pull/') && head.label !== '' ? head.label : head.ref;
  const fromFork = head.repo_id !== null && head.repo_id !== undefined && base.repo_id !== null && base.repo_id !== undefined && head.repo_id !== base.repo_id;
  if (!fromFork) return name;
  return `${head.repo?.owner ?? 'fork'}:${name.includes(':') ? name.slice(name.indexOf(':') + 1) : name}`;
}

/** Pending reviews and requests for one are not reviews: null. */
const verdicts = new Map<string, Verdict>([
  ['APPROVED', 'approved'],
  ['REQUEST_CHANGES', 'changes-requested'],
  ['COMMENT', 'commented'],
]);

export const review = z
  .object({
    id: number,
    user: login,
    state: plain,
    commit_id: plain,
    body: text,
    stale: z.boolean().nullish(),
    dismissed: z.boolean().nullish(),
    submitted_at: date.nullish(),
  })
  .transform((raw, context): { readonly id: number; readonly review: Review | null } => {
    const verdict = verdicts.get(raw.state);
    if (verdict === undefined) return { id: raw.id, review: null };
    const head = sha.safeParse(raw.commit_id);
    if (!head.success || raw.submitted_at === null || raw.submitted_at === undefined) {
      context.addIssue({ code: 'custom', path: [head.success ? 'submitted_at' : 'commit_id'], message: 'missing' });
      return z.NEVER;
    }
    const { id, user: author, body, submitted_at: submittedAt } = raw;
    const flags = { stale: raw.stale ?? false, dismissed: raw.dismissed ?? false };
    return { id, review: { id, author, verdict, head: head.data, body, ...flags, submittedAt } };
  });

export const reviewComment = z
  .object({ path: z.string(), position: number.nullish(), original_position: number.nullish(), body: text })
  .transform((raw): ReviewComment => ({
    path: raw.path,
    line: raw.position || (raw.original_position ?? 0),
    body: raw.body,
  }));

/** `skipped` (newer Gitea) counts like a warning: it does not hold a merge up. An unknown state is never green and never red. */
const states: Readonly<Record<string, CommitStatus['state']>> = {
  pending: 'pending',
  success: 'success',
  failure: 'failure',
  error: 'error',
  warning: 'warning',
  skipped: 'warning',
};

export const commitStatus = z
  .object({ id: number, context: z.string(), status: z.string(), description: plain, target_url: plain, creator: login })
  .transform((raw): CommitStatus => ({
    id: raw.id,
    context: raw.context,
    state: states[raw.status] ?? 'pending',
    description: raw.description,
    targetUrl: raw.target_url === '' ? null : raw.target_url,
    creator: raw.creator,
  }));

export const branch = z
  .object({
    name: z.string(),
    commit: z.object({ id: sha }),
    protected: z.boolean().nullish(),
    enable_status_check: z.boolean().nullish(),
    status_check_contexts: z.array(z.string()).nullish(),
    required_approvals: number.nullish(),
  })
  .transform((raw): Branch => ({
    name: raw.name,
    head: raw.commit.id,
    protected: raw.protected ?? false,
    requiredContexts: raw.enable_status_check === true ? (raw.status_check_contexts ?? []) : [],
    requiredApprovals: raw.required_approvals ?? 0,
  }));
