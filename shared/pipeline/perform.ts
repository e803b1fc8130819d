import { ForgeError } from '#forge';
import { type Applied, type Check, PipelineError, type PlanTools, type Step, type StepTools } from '#pipeline';
import { type Emit, messageOf, stopwatch } from './emit.ts';
import { within } from './limit.ts';
import type { UndoStack } from './undo.ts';

/** How one step ended. `failed`: with the message; `kept`: nothing was to be done; `left`: skipped, and asks for a look. */
export type Outcome = { readonly end: 'applied' | 'warned' | 'kept' | 'skipped' | 'left' } | { readonly end: 'failed'; readonly message: string };

export interface Performing {
  readonly tools: PlanTools;
  readonly emit: Emit;
  readonly undo: UndoStack;
}

const tries = 3;
const pauseMs = 1000;

/**
 * Checks a step once more and applies it where that is needed. A forge that fails for a moment is waited for: the step is checked anew,
 * three times at most. Emits `started`, and exactly one event that ends it. Never throws.
 */
export async function performStep<Context>(step: Step<Context>, context: Context, performing: Performing): Promise<Outcome> {
  const { emit, tools } = performing;
  const duration = stopwatch(tools.clock);
  emit({ type: 'started', step: step.id });
  try {
    return await patiently(tools, () => tryStep(step, context, performing, duration));
  } catch (error) {
    const message = messageOf(error);
    emit({ type: 'failed', step: step.id, durationMs: duration(), fatal: step.failure === 'fatal', message });
    return { end: 'failed', message };
  }
}

async function patiently<T>({ clock, signal }: PlanTools, act: () => Promise<T>): Promise<T> {
  for (let at = 1; at < tries; at += 1) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted || !(error instanceof ForgeError) || error.kind !== 'unavailable') throw error;
      await clock.sleep(pauseMs * at, signal);
    }
  }
  return act();
}

async function tryStep<Context>(
  step: Step<Context>,
  context: Context,
  { tools, emit, undo }: Performing,
  duration: () => number,
): Promise<Exclude<Outcome, { readonly end: 'failed' }>> {
  const { clock, signal } = tools;
  const check = await within({ clock, signal, seconds: step.timeoutSeconds }, (own) => step.check(context, own));
  emit({ type: 'checked', step: step.id, check });
  if (check.state === 'skipped') {
    const asksForLook = check.asksForLook ?? false;
    emit({ type: 'skipped', step: step.id, reason: check.reason, asksForLook });
    return { end: asksForLook ? 'left' : 'skipped' };
  }
  if (check.state === 'impossible') throw new PipelineError(sayImpossible(check));
  if (check.state === 'present') {
    emit({ type: 'completed', step: step.id, durationMs: duration(), note: check.note ?? 'already there' });
    return { end: 'kept' };
  }
  signal.throwIfAborted();
  const applied = await applyStep(step, context, { tools, emit, undo });
  return endOf(applied, step.id, emit, duration());
}

export const sayImpossible = ({ reason, byHand }: Extract<Check, { state: 'impossible' }>): string =>
  byHand.length === 0 ? reason : `${reason}. By hand: ${byHand.join('; ')}`;

function endOf({ note, warning }: Applied, step: string, emit: Emit, durationMs: number): { readonly end: 'applied' | 'warned' } {
  if (warning === undefined) emit({ type: 'completed', step, durationMs, note });
  else emit({ type: 'warned', step, durationMs, note, warning });
  return { end: warning === undefined ? 'applied' : 'warned' };
}

async function applyStep<Context>(step: Step<Context>, context: Context, { tools, emit, undo }: Performing): Promise<Applied> {
  const { clock, signal } = tools;
  let over = false;
  const whileOpen = (): void => {
    if (over) throw new PipelineError(`step ${step.id} was given up; it must not change anything more`);
  };
  const toolsFor = (own: AbortSignal): StepTools => ({
    signal: own,
    undo: (name, act) => {
      whileOpen();
      undo.register(step.id, name, act);
    },
    disarm: () => {
      whileOpen();
      undo.disarm();
    },
    phase: async (phase, act) => {
      whileOpen();
      const duration = stopwatch(clock);
      let ok = false;
      try {
        const result = await act();
        ok = true;
        return result;
      } finally {
        if (!over) emit({ type: 'phase', step: step.id, phase, durationMs: duration(), ok });
      }
    },
  });
  try {
    return await within({ clock, signal, seconds: step.timeoutSeconds }, (own) => step.apply(context, toolsFor(own)));
  } finally {
    over = true;
  }
}
