import type { Forge } from '#forge';
import type { Board } from './board.ts';
import { pendingStatus } from './perform.ts';
import type { Plan } from './plan.ts';

export interface RerunDeps {
  readonly forge: Pick<Forge, 'postStatus'>;
  readonly board: Board;
  readonly look: () => Promise<readonly Plan[]>;
}

/**
 * Runs contexts of a commit again. Their status is pending on the forge before this returns, so that whoever asked does not
 * read the old failure once more. Null when nothing that is open has this commit and all of these contexts.
 */
export function createRerun({ forge, board, look }: RerunDeps): (sha: string, contexts: readonly string[]) => Promise<readonly string[] | null> {
  return async (sha, contexts) => {
    const plans = (await look()).filter((plan) => plan.subject.head === sha);
    const jobs = contexts.map((context) => {
      const plan = plans.find((each) => each.workflows.some((workflow) => workflow.context === context));
      const workflow = plan?.workflows.find((each) => each.context === context);
      return plan === undefined || workflow === undefined ? null : { plan, workflow, status: 'announced' as const };
    });
    const known = jobs.filter((job) => job !== null);
    if (known.length !== contexts.length) return null;
    const startable = known.filter(({ plan, workflow }) => !board.running(plan.subject.head, workflow.context));
    for (const { plan, workflow } of startable) board.unsettle(plan.subject.head, workflow.context);
    await Promise.all(startable.map(({ plan, workflow }) => forge.postStatus(plan.subject.head, pendingStatus(workflow.context))));
    for (const job of startable) board.add(job);
    return contexts;
  };
}
