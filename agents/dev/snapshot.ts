import type { CheckState } from '#domain/check';
import type { Issue } from '#domain/issue';
import type { Park } from '#domain/park';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import type { ReviewState } from '#domain/verdict';
import type { Attempt } from '#domain/work-log';

/** Everything that one decision of the dev agent is made from. */
export interface DevSnapshot {
  readonly me: string;
  readonly items: readonly Item[];
  /** Own open pull requests whose issue is closed or gone. */
  readonly stray: readonly PullRequest[];
  /** An open issue that a review filed and could not label, or null. */
  readonly unlabelled: Issue | null;
  readonly limits: {
    readonly fixRounds: number;
    readonly reviewRounds: number;
    readonly outsiders: 'park' | 'ignore';
    readonly conflictRounds: number;
    readonly openPullRequests: number;
  };
}

/** One open issue and what is known of the work on it. */
export interface Item {
  readonly issue: Issue;
  /** Its author's word counts, or a maintainer approved it. */
  readonly trusted: boolean;
  readonly park: Park | null;
  /** The labels show the park; false after a crash between the two writes. */
  readonly mirrored: boolean;
  /** It is parked until its text is approved, and the text is not the one that it was parked for. */
  readonly edited: boolean;
  /** What a maintainer did since it was parked, or null. */
  readonly released: string | null;
  /** Not closed dependencies, from the body and from what a session found. */
  readonly waitsFor: readonly Dependency[];
  /** Members of the dependency cycle it is on, or null. */
  readonly cycle: readonly number[] | null;
  readonly owner: 'nobody' | 'me' | 'other-agent' | 'person';
  /** Failed sessions of mine. */
  readonly attempts: readonly Attempt[];
  /** Its last pull request was merged: it only waits for being closed, unless a person queued it again. */
  readonly landed: boolean;
  /** Attempt (branch number) to use when a new one is started. */
  readonly nextAttempt: number;
  readonly work: Work | null;
}

export interface Dependency {
  readonly number: number;
  readonly state: 'open' | 'parked' | 'missing';
}

/** The pull request of an item. */
export interface Work {
  readonly pullRequest: PullRequest;
  readonly checks: CheckState;
  /** Red checks whose every failure is the machine's fault, and how often they ran. */
  readonly infra: { readonly onlyInfra: boolean; readonly runs: number } | null;
  /** Why nobody can say now what the red checks are about (CI is away or refuses us), or null: repairing blindly would waste a round. */
  readonly unread: string | null;
  /** Identifies the red checks (contexts and steps): the same cause has one budget. */
  readonly cause: string;
  /** Accepted rounds on this branch, newest last, read from commit trailers. */
  readonly rounds: readonly Round[];
  readonly review: {
    readonly verdict: ReviewState['verdict'];
    readonly asked: ReviewState['asked'];
    /** Reviews that asked for changes since the item was last un-parked. */
    readonly requested: number;
    /** Reviews that a round addressed and whose reply is not there: its run died between the push and the reply. */
    readonly unanswered: readonly Unanswered[];
  };
  /** Merging it into the base now: fine, conflicting, or the tested result is red. */
  readonly merge:
    | { readonly kind: 'clean' }
    | { readonly kind: 'conflict'; readonly paths: readonly string[] }
    | { readonly kind: 'red-result'; readonly commit: Sha };
  /** The merger says that the forge refuses it, with the forge's words. */
  readonly refused: string | null;
  /** Sessions of the reviewer on this head failed, with the last reason. */
  readonly reviewFailures: { readonly count: number; readonly why: string };
}

export interface Unanswered {
  readonly review: number;
  /** The head that was reviewed. */
  readonly from: Sha;
  readonly round: Round;
}

export interface Round {
  /** Last commit of the round. */
  readonly head: Sha;
  readonly task: string;
  readonly run: string;
  readonly cause: string;
  readonly at: string;
}

export type DevStep =
  | {
      readonly do: 'park';
      readonly item: Item;
      readonly slug: string;
      readonly prose: string;
      readonly waitsFor: readonly number[];
      readonly until: Park['until'];
      readonly attempt: number;
    }
  | { readonly do: 'mirror-park'; readonly item: Item; readonly park: Park }
  | { readonly do: 'un-park'; readonly item: Item; readonly by: string }
  | { readonly do: 'publish-held'; readonly item: Item }
  | { readonly do: 'label-follow-up'; readonly issue: Issue }
  | { readonly do: 'drop'; readonly pullRequest: PullRequest; readonly why: string }
  | { readonly do: 'rerun-checks'; readonly item: Item; readonly work: Work }
  | { readonly do: 'fix-checks' | 'address-review' | 'resolve-conflict'; readonly item: Item; readonly work: Work; readonly cause: string }
  | { readonly do: 'reply'; readonly item: Item; readonly work: Work }
  | { readonly do: 'implement'; readonly item: Item; readonly attempt: number }
  | { readonly do: 'wait'; readonly reason: string }
  | { readonly do: 'nothing'; readonly reason: string };
