import { PipelineError, type PlanResult, type PlanTools, type PlannedStep, type Step } from '#pipeline';
import { createEmit, maskDeep } from './emit.ts';
import { type Outcome, type Performing, performStep, sayImpossible } from './perform.ts';
import { createUndoStack } from './undo.ts';

type Failures = PlanResult['failures'];

/**
 * Applies a plan in order; each step is checked again right before. Nothing at all is applied while a fatal step is planned as impossible.
 * A fatal failure ends the plan and takes back what the steps registered; the signal ends it and takes back nothing, because every
 * step may be applied again. Rejects only with `PipelineError` when `planned` is not the plan of these steps.
 */
export async function applySteps<Context>(
  steps: readonly Step<Context>[],
  planned: readonly PlannedStep[],
  context: Context,
  tools: PlanTools,
): Promise<PlanResult> {
  if (planned.map(({ id }) => id).join('\n') !== steps.map(({ id }) => id).join('\n')) {
    throw new PipelineError('the plan is not the plan of these steps: plan again');
  }
  const emit = createEmit(tools);
  const performing = { tools, emit, undo: createUndoStack(tools.clock, emit) };
  const refused = refuse(planned, performing);
  const result = refused.length > 0 ? { end: 'failed' as const, applied: 0, failures: refused } : await applyAll(steps, context, performing);
  return maskDeep(result, tools.mask);
}

async function applyAll<Context>(steps: readonly Step<Context>[], context: Context, performing: Performing): Promise<PlanResult> {
  const { signal } = performing.tools;
  const failures: Failures[number][] = [];
  const ends: Outcome['end'][] = [];
  const result = (end: PlanResult['end']): PlanResult => ({ end, applied: ends.filter(isChange).length, failures });
  for (const step of steps) {
    if (signal.aborted) return result('cancelled');
    const outcome = await performStep(step, context, performing);
    ends.push(outcome.end);
    if (outcome.end !== 'failed') continue;
    const fatal = step.failure === 'fatal';
    failures.push({ step: step.id, fatal, message: outcome.message });
    if (signal.aborted) return result('cancelled');
    if (!fatal) continue;
    await performing.undo.run();
    return result('failed');
  }
  return result(failures.length > 0 || ends.includes('warned') || ends.includes('left') ? 'degraded' : 'done');
}

const isChange = (end: Outcome['end']): boolean => end === 'applied' || end === 'warned';

/** The fatal steps that cannot be done, told as failures. */
function refuse(planned: readonly PlannedStep[], { emit }: Performing): Failures {
  return planned.flatMap(({ id, failure, check }) => {
    if (failure !== 'fatal' || check.state !== 'impossible') return [];
    const message = sayImpossible(check);
    emit({ type: 'started', step: id });
    emit({ type: 'failed', step: id, durationMs: 0, fatal: true, message });
    return [{ step: id, fatal: true, message }];
  });
}
