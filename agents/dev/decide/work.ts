import { attemptOf } from '#domain/name';
import { budgetStart, isSpent, parkStep, reviewIsSpent, sessionFailed } from './budget.ts';
import { reviewCause } from '#dev/review-cause';
import type { DevSnapshot, DevStep, Item, Work } from '#dev/snapshot';

/** Runs of infrastructure failures before they count as a failure of the change. */
const infraRuns = 3;

type Limits = DevSnapshot['limits'];

/** The next step for an item that has a pull request, or null when it waits for somebody else. Pure. */
export function decideWork(item: Item, limits: Limits): DevStep | null {
  const { work } = item;
  if (work === null) return null;
  if (work.pullRequest.state === 'closed') {
    return parkStep(
      item,
      'closed-by-person',
      `pull request #${work.pullRequest.number} was closed without a merge`,
      attemptOf(work.pullRequest.branch)?.attempt ?? 1,
    );
  }
  if (work.review.unanswered.length > 0) return { do: 'reply', item, work };
  if (work.refused !== null) return parkStep(item, 'merge-refused', work.refused);
  if (reviewIsSpent(work.reviewFailures.count)) {
    return parkStep(item, 'session-failed', `review failed ${work.reviewFailures.count} times, last: ${work.reviewFailures.why}`);
  }
  if (work.checks.kind === 'failure') return repairChecks(item, work, limits, work.cause);
  if (work.review.verdict === 'changes-requested') return addressReview(item, work, limits);
  if (work.merge.kind === 'conflict') {
    const done = countRounds(item, work, 'resolve-conflict');
    if (done >= limits.conflictRounds) return parkStep(item, 'conflict-exhausted', `still in conflict after ${done} rounds: ${work.merge.paths.join(', ')}`);
    return session(item, work, 'resolve-conflict', 'conflict');
  }
  if (work.merge.kind === 'red-result') return repairChecks(item, work, limits, work.cause);
  return null;
}

function repairChecks(item: Item, work: Work, limits: Limits, cause: string): DevStep | null {
  if (work.unread !== null) return null;
  if (work.infra?.onlyInfra === true && work.infra.runs < infraRuns) return { do: 'rerun-checks', item, work };
  const since = budgetStart(item);
  const fixes = work.rounds.filter((round) => round.task === 'fix-checks' && round.at > since);
  const sameCause = fixes.filter((round) => round.cause === cause).length;
  if (sameCause >= limits.fixRounds || fixes.length >= 3 * limits.fixRounds) {
    return parkStep(item, 'checks-exhausted', `still red after ${fixes.length} fixes: ${cause}`);
  }
  return session(item, work, 'fix-checks', cause);
}

function addressReview(item: Item, work: Work, limits: Limits): DevStep {
  if (work.review.requested >= limits.reviewRounds) {
    return parkStep(item, 'review-exhausted', `changes requested in ${work.review.requested} reviews`);
  }
  return session(item, work, 'address-review', reviewCause(work.review.asked));
}

function session(item: Item, work: Work, task: 'fix-checks' | 'address-review' | 'resolve-conflict', cause: string): DevStep {
  const head = work.pullRequest.head;
  if (isSpent(item, task, head)) return sessionFailed(item, task, head);
  return { do: task, item, work, cause };
}

function countRounds(item: Item, work: Work, task: string): number {
  return work.rounds.filter((round) => round.task === task && round.at > budgetStart(item)).length;
}
