import { type Check, PipelineError, type PlanTools, type PlannedStep, type Step } from '#pipeline';
import { createEmit, maskDeep, messageOf } from './emit.ts';
import { within } from './limit.ts';

/**
 * Checks each step in order and changes nothing. A check that fails counts as `impossible` with its reason: a fatal one keeps the
 * plan from being applied. Rejects with the signal's reason when it is aborted, with `PipelineError` when two steps share an id.
 */
export async function planSteps<Context>(steps: readonly Step<Context>[], context: Context, tools: PlanTools): Promise<readonly PlannedStep[]> {
  refuseTwins(steps);
  const emit = createEmit(tools);
  const planned: PlannedStep[] = [];
  for (const step of steps) {
    tools.signal.throwIfAborted();
    const check = await checkSafely(step, context, tools);
    emit({ type: 'checked', step: step.id, check });
    planned.push({ id: step.id, failure: step.failure, ...maskDeep({ title: step.title, check }, tools.mask) });
  }
  return planned;
}

async function checkSafely<Context>(step: Step<Context>, context: Context, { signal, clock }: PlanTools): Promise<Check> {
  try {
    return await within({ clock, signal, seconds: step.timeoutSeconds }, (own) => step.check(context, own));
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'impossible', reason: messageOf(error), byHand: [] };
  }
}

function refuseTwins(steps: readonly { readonly id: string }[]): void {
  const twin = steps.find((step, index) => steps.findIndex((each) => each.id === step.id) !== index);
  if (twin !== undefined) throw new PipelineError(`two steps have the id ${twin.id}`);
}
