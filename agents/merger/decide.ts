import type { CheckState } from '#domain/check';
import type { PullRequest, Review } from '#domain/pull-request';
import type { Sha } from '#domain/sha';

/** One approved pull request and what is known of landing it now. */
export interface Candidate {
  readonly pullRequest: PullRequest;
  readonly issue: number | null;
  readonly approval: Review;
  /** Check state of the head. */
  readonly checks: CheckState;
  readonly result: Result;
  /** The forge refused this head before, and nothing was said since. */
  readonly refused: boolean;
}

/** What merging the head into the base's tip gives. */
export type Result =
  /** The base has not moved: the result is the head's own tree. */
  | { readonly kind: 'head'; readonly tree: Sha }
  | { readonly kind: 'conflict' }
  /** The base moved; nothing tests the result yet. */
  | { readonly kind: 'untested'; readonly tree: Sha }
  /** The result is commit `commit` on its own branch, with its own check state. */
  | { readonly kind: 'on-branch'; readonly tree: Sha; readonly commit: Sha; readonly checks: CheckState };

export type MergeStep =
  | { readonly do: 'merge'; readonly candidate: Candidate; readonly tree: Sha; readonly tested: Sha; readonly checks: CheckState }
  | { readonly do: 'test-result'; readonly candidate: Candidate; readonly tree: Sha }
  | { readonly do: 'report-red'; readonly candidate: Candidate; readonly commit: Sha; readonly contexts: readonly string[] }
  | { readonly do: 'wait'; readonly reason: string }
  | { readonly do: 'nothing'; readonly reason: string };

/**
 * The one next step, oldest approved pull request first. Pure. A pull request that waits for its checks does not hold up the
 * ones behind it; one that conflicts, is red or was refused is its author's to act on.
 */
export function decideMergeStep(candidates: readonly Candidate[]): MergeStep {
  let waiting: MergeStep | null = null;
  for (const candidate of candidates) {
    const step = decideOne(candidate);
    if (step.do === 'wait') waiting ??= step;
    else if (step.do !== 'nothing') return step;
  }
  return waiting ?? { do: 'nothing', reason: candidates.length === 0 ? 'nothing is approved' : 'nothing that is approved can land' };
}

function decideOne(candidate: Candidate): MergeStep {
  const { pullRequest, checks, result } = candidate;
  const name = `#${pullRequest.number}`;
  if (candidate.refused) return { do: 'nothing', reason: `${name} was refused by the forge` };
  if (checks.kind === 'pending') return { do: 'wait', reason: `${name} waits for ${checks.missing.join(', ')}` };
  if (checks.kind === 'failure') return { do: 'nothing', reason: `${name} is red` };
  switch (result.kind) {
    case 'conflict':
      return { do: 'nothing', reason: `${name} conflicts with its base` };
    case 'head':
      return { do: 'merge', candidate, tree: result.tree, tested: pullRequest.head, checks };
    case 'untested':
      if (checks.kind === 'none') return { do: 'merge', candidate, tree: result.tree, tested: pullRequest.head, checks };
      return { do: 'test-result', candidate, tree: result.tree };
    case 'on-branch':
      return decideOnBranch(candidate, result);
  }
}

function decideOnBranch(candidate: Candidate, result: Extract<Result, { kind: 'on-branch' }>): MergeStep {
  switch (result.checks.kind) {
    case 'pending':
      return { do: 'wait', reason: `#${candidate.pullRequest.number}: its merge result waits for ${result.checks.missing.join(', ')}` };
    case 'failure':
      return { do: 'report-red', candidate, commit: result.commit, contexts: result.checks.failed.map((status) => status.context) };
    case 'none':
    case 'success':
      return { do: 'merge', candidate, tree: result.tree, tested: result.commit, checks: result.checks };
  }
}
