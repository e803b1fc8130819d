import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import type { FailedStep } from './classify.ts';

export interface NamedStep extends FailedStep {
  readonly name: string;
  /** Why its log is missing. Shown after the log, but nothing that the step said: it does not tell whose failure it is. */
  readonly note?: string;
}

/** What runs the checks, as far as statuses do not tell. Throws `CiError`; `not-found` when it does not know the commit or context. */
export interface Runner {
  /** Failed steps behind a failed status, each with the end of its log. Empty: it has nothing to say beyond the status. */
  failedSteps(head: Sha, status: CommitStatus): Promise<readonly NamedStep[]>;
  /** Whether it can be asked to run a check again without a new commit. */
  readonly repeats: boolean;
  rerun(head: Sha, contexts: readonly string[]): Promise<void>;
}
