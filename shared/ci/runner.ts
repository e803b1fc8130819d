import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import type { FailedStep } from './classify.ts';

export type NamedStep = FailedStep & { readonly name: string };

/** What runs the checks, as far as statuses do not tell. Throws `CiError`; `not-found` when it does not know the commit or context. */
export interface Runner {
  /** Failed steps behind a failed status, each with the end of its log. Empty: it has nothing to say beyond the status. */
  failedSteps(head: Sha, status: CommitStatus): Promise<readonly NamedStep[]>;
  /** Whether it can be asked to run a check again without a new commit. */
  readonly repeats: boolean;
  rerun(head: Sha, contexts: readonly string[]): Promise<void>;
}
