import type { CommitStatus } from '#domain/check';
import type { Comment, Issue } from '#domain/issue';
import type { PullRequest, Review, ReviewComment, Verdict } from '#domain/pull-request';
import type { Sha } from '#domain/sha';

/**
 * One repository on a Forgejo or Gitea, seen with the rights of one account.
 *
 * Every `list…` is complete (paging inside) and throws rather than return less: an empty list is never an error in disguise.
 * Every `ensure…` is idempotent: calling it again with the same arguments changes nothing. Calls may run concurrently.
 * Expected results are values; a broken world is a `ForgeError`. Retries happen inside, bounded, and only where repeating is safe.
 */
export interface Forge {
  /** `owner/name`. */
  readonly repository: string;
  /** The account this token belongs to (cached after the first call). */
  me(): Promise<string>;
  /** Calls made over HTTP since creation, retries included. For audits and the idle-cost bench. */
  calls(): number;
  /** The forge's own clock as of its last answer, in whole seconds; null before the first. Never compare it with ours. */
  readonly forgeTime?: () => Date | null;

  /**
   * Issues and pull requests that changed at or after `since` (null: everything that is open), oldest change first. One request when little
   * changed. A commit status does not count as a change of its pull request (measured), a review, push, label or comment does.
   */
  changes(since: Date | null): Promise<readonly Change[]>;
  findIssue(number: number): Promise<Issue | null>;
  findPullRequest(number: number): Promise<PullRequest | null>;
  listOpenPullRequests(): Promise<readonly PullRequest[]>;
  /** Oldest first. Works for issues and pull requests (they share numbers). Not paged by the forge. */
  listComments(number: number): Promise<readonly Comment[]>;
  /** Oldest first, including stale and dismissed ones. */
  listReviews(number: number): Promise<readonly Review[]>;
  listReviewComments(number: number, review: number): Promise<readonly ReviewComment[]>;
  /** All statuses of a commit, any order. */
  listStatuses(head: Sha): Promise<readonly CommitStatus[]>;
  /** Label and state events of an issue, oldest first. */
  listTimeline(number: number): Promise<readonly TimelineEvent[]>;
  findBranch(name: string): Promise<Branch | null>;
  /** What `login` may do here. Unknown accounts have `none`. */
  permission(login: string): Promise<Permission>;
  searchIssues(words: string): Promise<readonly Issue[]>;

  /** Creates missing labels of the repository; existing ones keep their colour. */
  ensureLabelsExist(labels: readonly LabelDefinition[]): Promise<void>;
  /** Adds and removes by name; asserts the result. A name that the repository lacks is created on add, ignored on remove. */
  ensureLabels(number: number, change: { readonly add: readonly string[]; readonly remove: readonly string[] }): Promise<void>;
  /** Makes exactly these the assignees. */
  ensureAssignees(number: number, logins: readonly string[]): Promise<void>;
  /**
   * At most one comment of mine with this key: creates it, or edits it in place when the text differs. The key lives in a
   * hidden marker of the comment; comments of other accounts with the same marker are ignored. `known` are the item's comments as
   * just read (nothing of ours written since): they save the request that would list them.
   */
  ensureComment(number: number, key: string, body: string, known?: readonly Comment[]): Promise<'created' | 'updated' | 'unchanged'>;
  /** Labels that this account may not set (it only reads) are left out: the answer shows which it got. */
  createIssue(draft: IssueDraft): Promise<Issue>;
  ensureClosed(number: number): Promise<void>;
  ensureReopened(number: number): Promise<void>;
  /** The open pull request from `branch` into `base`: found, or created (409 means it exists and is read). */
  ensurePullRequest(draft: PullRequestDraft): Promise<{ readonly pullRequest: PullRequest; readonly created: boolean }>;
  ensurePullRequestBody(number: number, body: string): Promise<void>;
  submitReview(number: number, draft: ReviewDraft): Promise<'submitted' | 'own-pull-request' | 'not-open'>;
  postStatus(head: Sha, status: StatusDraft): Promise<void>;
  /** Asks the forge to merge exactly `head`. Anything but `merged` and `already-merged` changed nothing. */
  mergePullRequest(number: number, merge: { readonly head: Sha; readonly title: string; readonly message: string }): Promise<MergeResult>;
  /** Deletes the branch; a branch that is gone is fine. */
  ensureBranchDeleted(name: string): Promise<void>;
}

export interface Change {
  readonly kind: 'issue' | 'pull-request';
  readonly number: number;
  readonly updatedAt: Date;
  /** The issue as listed; for a pull request the same fields of its issue side. */
  readonly issue: Issue;
}

export interface TimelineEvent {
  readonly id: number;
  readonly kind: string;
  readonly actor: string;
  readonly at: Date;
  /** Of `label` events: the name, and whether it was added or removed. */
  readonly label: string | null;
  readonly added: boolean | null;
}

export interface Branch {
  readonly name: string;
  readonly head: Sha;
  readonly protected: boolean;
  readonly requiredContexts: readonly string[];
  readonly requiredApprovals: number;
}

export type Permission = 'owner' | 'admin' | 'write' | 'read' | 'none';

export interface LabelDefinition {
  readonly name: string;
  /** `#rrggbb` */
  readonly colour: string;
  readonly description: string;
}

export interface IssueDraft {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface PullRequestDraft {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

export interface ReviewDraft {
  readonly verdict: Verdict;
  readonly head: Sha;
  readonly body: string;
  readonly comments: readonly { readonly path: string; readonly line: number; readonly body: string }[];
}

export interface StatusDraft {
  readonly context: string;
  readonly state: CommitStatus['state'];
  readonly description: string;
  readonly targetUrl: string | null;
}

export type MergeResult =
  | { readonly kind: 'merged' }
  | { readonly kind: 'already-merged' }
  /** Mergeability is still being computed: ask again soon, bounded. */
  | { readonly kind: 'try-again' }
  | { readonly kind: 'head-moved' }
  | { readonly kind: 'conflict' }
  /** A rule of the forge refuses (protection, whitelist, missing approval): asking again does not help. `why` is the forge's text. */
  | { readonly kind: 'blocked'; readonly why: string };

/**
 * auth: 401, token missing, expired or revoked · forbidden: 403 · not-found: 404 on something that must exist ·
 * conflict: 409/412 · invalid: 400/422, our request is wrong · rate-limited: 429 after the bounded retries ·
 * unavailable: no connection, timeout, 5xx, circuit open · malformed: an answer that does not fit the schema.
 */
export type ForgeErrorKind = 'auth' | 'forbidden' | 'not-found' | 'conflict' | 'invalid' | 'rate-limited' | 'unavailable' | 'malformed';

/** Thrown by every verb of the port. `message` says what to do; it never holds the token. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly kind: ForgeErrorKind;
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  /** Seconds the forge asked us to wait, if it did. */
  readonly retryAfterSeconds: number | null;
  /** Nothing was asked: the forge did not serve us before, and it is not yet time to try again. */
  readonly unasked: boolean;

  constructor(
    kind: ForgeErrorKind,
    message: string,
    more: { readonly status?: number | null; readonly retryAfterSeconds?: number | null; readonly unasked?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.kind = kind;
    this.status = more.status ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
    this.unasked = more.unasked ?? false;
  }
}
