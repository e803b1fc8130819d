import type { Sha } from './sha.ts';
import type { Untrusted } from './untrusted.ts';

export interface PullRequest {
  readonly number: number;
  readonly title: Untrusted;
  readonly body: Untrusted;
  readonly author: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly draft: boolean;
  readonly labels: ReadonlySet<string>;
  readonly assignees: readonly string[];
  /** Name of the branch the change is on, without `refs/heads/`. */
  readonly branch: string;
  /** Head commit as the forge sees it now. */
  readonly head: Sha;
  /** Name of the branch it wants to go into. */
  readonly base: string;
  readonly mergeCommit: Sha | null;
  readonly mergedBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly comments: number;
}

export type Verdict = 'approved' | 'changes-requested' | 'commented';

/** One submitted review. `stale` and `dismissed` reviews never count for or against a merge. */
export interface Review {
  readonly id: number;
  readonly author: string;
  readonly verdict: Verdict;
  /** The commit that was reviewed. */
  readonly head: Sha;
  readonly body: Untrusted;
  readonly stale: boolean;
  readonly dismissed: boolean;
  readonly submittedAt: Date;
}

/** One inline comment of a review; `line` counts in the new version of the file. */
export interface ReviewComment {
  readonly path: string;
  readonly line: number;
  readonly body: Untrusted;
}
