import type { Occasion, Workflow } from './model.ts';
import { holds } from './when.ts';

/** What CI is asked to judge: `branch` is always the name of the base branch. */
export interface WorkflowSubject {
  readonly kind: 'pull-request' | 'merge-result' | 'branch';
  readonly branch: string;
}

/**
 * The occasion that a subject is. A merge result counts as a push to the base branch and as the pull request it came from, so
 * that it is never tested less than the head.
 */
export function occasionOf(subject: WorkflowSubject, change: Pick<Occasion, 'changedPaths' | 'message'>): Occasion {
  const events = ({ 'pull-request': ['pull_request'], 'merge-result': ['push', 'pull_request'], branch: ['push'] } as const)[subject.kind];
  return { events, branch: subject.branch, changedPaths: change.changedPaths, message: change.message };
}

/** Workflows that run on this occasion; broken ones that might run are among them, because their failure must be seen. */
export const selectWorkflows = (workflows: readonly Workflow[], occasion: Occasion): readonly Workflow[] =>
  workflows.filter((workflow) => holds(workflow.when, occasion));

/** Whether any workflow or step asks which paths changed, so that a caller can skip finding out. */
export const asksForPaths = (workflows: readonly Workflow[]): boolean =>
  workflows.some((workflow) =>
    [workflow, ...(workflow.kind === 'sound' ? workflow.steps : [])].some((part) => part.when.some((condition) => condition.path !== null)),
  );
