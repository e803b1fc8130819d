import { createManualClock } from '../../clock/manual.ts';
import type { Applied, Check, PlanResult, PlanTools, PlannedStep, Step, StepEvent, StepTools } from '#pipeline';
import { applySteps } from '../apply.ts';
import { planSteps } from '../plan.ts';

/** The world that test steps change: names of things that are there. */
export interface Things {
  readonly there: Set<string>;
  readonly log: string[];
}

interface Draft {
  readonly failure?: 'fatal' | 'degradable';
  readonly timeoutSeconds?: number;
  readonly check?: (things: Things, signal: AbortSignal) => Promise<Check>;
  readonly apply?: (things: Things, tools: StepTools) => Promise<Applied>;
}

/** A step that puts the thing of its name into the world and registers how to remove it. */
export function thing(id: string, draft: Draft = {}): Step<Things> {
  return {
    id,
    title: `thing ${id}`,
    failure: draft.failure ?? 'fatal',
    timeoutSeconds: draft.timeoutSeconds ?? 30,
    check: draft.check ?? (async ({ there }) => (there.has(id) ? { state: 'present' } : { state: 'absent', actions: [`put ${id}`] })),
    apply: async (things, tools) => {
      things.log.push(`apply ${id}`);
      tools.undo(`remove ${id}`, async () => {
        things.log.push(`undo ${id}`);
        things.there.delete(id);
      });
      const applied = await (draft.apply?.(things, tools) ?? { note: `put ${id}` });
      things.there.add(id);
      return applied;
    },
  };
}

/** A step whose apply throws. */
export const broken = (id: string, failure: 'fatal' | 'degradable' = 'fatal'): Step<Things> =>
  thing(id, {
    failure,
    apply: async () => {
      throw new Error(`${id} broke`);
    },
  });

export interface Played {
  readonly things: Things;
  readonly planned: readonly PlannedStep[];
  readonly result: PlanResult;
  readonly events: readonly StepEvent[];
}

/** Plans and applies; the events are those of applying. */
export async function play(steps: readonly Step<Things>[], more: Partial<PlanTools> & { readonly things?: Things } = {}): Promise<Played> {
  const things = more.things ?? { there: new Set(), log: [] };
  const events: StepEvent[] = [];
  const tools: PlanTools = { signal: new AbortController().signal, clock: createManualClock(new Date(0)), reporter: (event) => events.push(event), ...more };
  const { reporter: _, ...quiet } = tools;
  const planned = await planSteps(steps, things, quiet);
  const result = await applySteps(steps, planned, things, tools);
  return { things, planned, result, events };
}

/** `started a`, `completed a`, … */
export const told = (events: readonly StepEvent[]): readonly string[] =>
  events.filter(({ type }) => type !== 'checked').map((event) => `${event.type} ${event.step}`);

/** Lets everything that can go on without time passing go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
