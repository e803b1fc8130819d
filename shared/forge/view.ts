import type { CommitStatus } from '#domain/check';
import type { Comment, Issue } from '#domain/issue';
import type { PullRequest, Review, ReviewComment } from '#domain/pull-request';
import type { Sha } from '#domain/sha';

/**
 * A local picture of one repository, kept fresh by one `since` request per refresh. Details are fetched when first asked for
 * and kept until the item changes. An agent decides from one view per tick.
 */
export interface View {
  /**
   * Brings the picture up to date. The first call loads what is open. While the forge tells of changes (`hears`), what it did not tell
   * and what changed within the second in which it was read may show half a minute late. Throws `ForgeError`; the old picture then stays.
   */
  refresh(): Promise<void>;
  /** Open issues, and those seen to close since the view exists. */
  readonly issues: ReadonlyMap<number, Issue>;
  /** Open pull requests (heads current as of the refresh), and those seen to close or merge since the view exists. */
  readonly pullRequests: ReadonlyMap<number, PullRequest>;
  /** The issue from the picture, or asked for once when the picture does not know it (an old closed one). Null: it does not exist. */
  issue(number: number): Promise<Issue | null>;
  /** Current as of the refresh, but for an old comment that was edited: that moves nothing, so it shows within the hour or after `forget`. */
  comments(number: number): Promise<readonly Comment[]>;
  reviews(number: number): Promise<readonly Review[]>;
  reviewComments(number: number, review: number): Promise<readonly ReviewComment[]>;
  /** Statuses of a commit. A status does not move its pull request, so the answer is never older than `maxAgeSeconds` (0 = ask now). */
  statuses(head: Sha, maxAgeSeconds: number): Promise<readonly CommitStatus[]>;
  /** When the statuses of a commit were last asked for, in monotonic milliseconds; null when they are not known (any more). */
  lookedAt(head: Sha): number | null;
  /** Forget what is known about an item or the statuses of a commit: a webhook or our own write said that it changed. */
  forget(what: { readonly number: number } | { readonly head: Sha }): void;
  /** A check of this commit started, which says something new only where a result is known. */
  checkStarted(head: Sha): void;
  /** A webhook of the repository arrived: while they do, what the forge may not have shown yet is asked for again later, not at the next refresh. */
  heard(what: 'statuses' | 'items'): void;
  /** Whether the forge tells of such changes at present, by webhooks that reach this process. */
  hears(what: 'statuses' | 'items'): boolean;
  /** Something that the view shows turned out to be gone: the next refresh reads everything anew. */
  distrust(): void;
}
