import type { Occasion, Step } from '../../../shared/ci/workflow/model.ts';
import { planSteps } from '../../../shared/ci/workflow/order.ts';
import { holdsIn } from '../../../shared/ci/workflow/when.ts';
import type { StepEnd } from './step.ts';

export interface StepOutcome {
  readonly step: Step;
  readonly result: 'passed' | 'failed' | 'ignored' | 'skipped';
  readonly end: StepEnd | null;
}

const atATime = 2;

/**
 * Runs the steps that apply, in the order they depend on each other, at most two at a time. After a failure only steps that
 * ask for it (`status: failure`) still run; a skipped step holds nobody up. Outcomes come in the order of the file.
 */
export async function runSteps(
  steps: readonly Step[],
  occasion: Occasion,
  run: (step: Step, state: 'success' | 'failure') => Promise<StepEnd>,
): Promise<readonly StepOutcome[]> {
  const { order, waits } = planSteps(steps);
  const slot = createSlots(atATime);
  const outcomes = new Map<number, Promise<StepOutcome>>();
  let state: 'success' | 'failure' = 'success';
  const perform = async (i: number, step: Step): Promise<StepOutcome> => {
    for (const before of waits[i] ?? []) await outcomes.get(before);
    return slot(async () => {
      if (!holdsIn(step.when, occasion, state)) return { step, result: 'skipped', end: null };
      const end = await run(step, state);
      if (end.exitCode === 0 && end.ended === null) return { step, result: 'passed', end };
      if (step.failure === 'ignore') return { step, result: 'ignored', end };
      state = 'failure';
      return { step, result: 'failed', end };
    });
  };
  for (const i of order) {
    const step = steps[i];
    if (step !== undefined) outcomes.set(i, perform(i, step));
  }
  return Promise.all(steps.map((_, i) => outcomes.get(i) as Promise<StepOutcome>));
}

function createSlots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
