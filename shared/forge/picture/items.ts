import type { Issue } from '#domain/issue';
import type { PullRequest } from '#domain/pull-request';

/** What is known about a pull request besides its fields. */
export interface PullRequestEntry {
  readonly pullRequest: PullRequest;
  /** The forge's clock was past the second of the last change when we read it: nothing can hide behind the same time stamp. */
  readonly settled: boolean;
  /** Monotonic milliseconds when we read it. */
  readonly readAt: number;
}

/** The tracker as of one refresh. Replaced as a whole, never edited, so that a refresh that fails leaves the old one standing. */
export interface Items {
  readonly issues: ReadonlyMap<number, Issue>;
  readonly pullRequests: ReadonlyMap<number, PullRequestEntry>;
  /** Every change up to this second of the forge's clock is in the picture; null: nothing ever changed. */
  readonly watermark: Date | null;
}

export const noItems: Items = { issues: new Map(), pullRequests: new Map(), watermark: null };

/** Closed items kept beside the open ones; the ones that changed longest ago go first. */
const closedKept = 500;

export function withoutOldClosed(items: Items): Items {
  return {
    watermark: items.watermark,
    issues: keep(items.issues, (each) => each),
    pullRequests: keep(items.pullRequests, (each) => each.pullRequest),
  };
}

function keep<T>(all: ReadonlyMap<number, T>, itemOf: (entry: T) => Issue | PullRequest): ReadonlyMap<number, T> {
  const closed = [...all].filter(([, entry]) => itemOf(entry).state !== 'open');
  if (closed.length <= closedKept) return all;
  const changed = (entry: T): number => itemOf(entry).updatedAt.getTime();
  const dropped = new Set(
    closed
      .toSorted(([, a], [, b]) => changed(b) - changed(a))
      .slice(closedKept)
      .map(([number]) => number),
  );
  return new Map([...all].filter(([number]) => !dropped.has(number)));
}

/** The issue or pull request with this number, whichever the picture holds. */
export const itemOf = (items: Items, number: number): Issue | PullRequest | null =>
  items.issues.get(number) ?? items.pullRequests.get(number)?.pullRequest ?? null;
