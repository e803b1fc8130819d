import type { CheckState, CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import type { Untrusted } from '#domain/untrusted';

/**
 * What CI says about a commit. The state is always read from commit statuses of the CI account on that very sha; which
 * contexts are required and what the logs say comes from the CI system. Throws `CiError` (or the forge's `ForgeError`).
 */
export interface Ci {
  /** Contexts that must be green on this commit, sorted; empty when the repository has no CI that matches. */
  required(subject: CiSubject): Promise<readonly string[]>;
  state(subject: CiSubject): Promise<CheckState>;
  /** Failed steps of a failed context, with the end of their logs. */
  failures(head: Sha, failed: readonly CommitStatus[]): Promise<readonly CiFailure[]>;
  /** Runs the failed contexts of a commit again, without a new commit. */
  rerun(head: Sha, contexts: readonly string[]): Promise<void>;
}

/** A pull request's head, the merge result of one on its own branch, or a branch. */
export interface CiSubject {
  readonly kind: 'pull-request' | 'merge-result' | 'branch';
  readonly head: Sha;
  /** Commit of the base branch whose CI configuration counts. */
  readonly base: Sha;
  /** Name of the base branch. */
  readonly branch: string;
  /** Pull request number, if it belongs to one. */
  readonly number: number | null;
}

export interface CiFailure {
  readonly context: string;
  readonly step: string;
  /** Null when the step did not end by itself (time limit, killed). */
  readonly exitCode: number | null;
  /** Last part of the log, at most 200 lines. */
  readonly log: Untrusted;
  /** infra: the machine or network failed, not the change; retried without a commit and without a model. */
  readonly cause: 'change' | 'infra';
}

export type CiErrorKind = 'config' | 'unavailable' | 'rate-limited' | 'not-found' | 'malformed';

export class CiError extends Error {
  override readonly name = 'CiError';
  readonly kind: CiErrorKind;
  /** Seconds after which the CI asked us to come again, or null when it named none. */
  readonly retryAfterSeconds: number | null;
  constructor(kind: CiErrorKind, message: string, cause?: unknown, retryAfterSeconds: number | null = null) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
