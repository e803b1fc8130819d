import { createInterface } from 'node:readline/promises';
import type { PlanResult, Step } from '#pipeline';
import { applySteps } from '../../shared/pipeline/apply.ts';
import { planSteps } from '../../shared/pipeline/plan.ts';
import { CliError } from '../command.ts';
import { asksForLook, isNeeded, isObstacle, textReport } from '../init/report.ts';
import { withLock } from '../init/seat/lock.ts';
import type { StaffContext } from './hand.ts';

export interface Work {
  /** What is to happen, in a line; more lines for what a person should know before. */
  readonly about: string;
  readonly steps: readonly Step<StaffContext>[];
  readonly context: StaffContext;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Called right before the first change. */
  readonly begin?: () => void;
  /** What the person does next, when all is done. */
  readonly next: readonly string[];
}

export interface Performed {
  /** Exit code. */
  readonly code: number;
  /** Null: nothing was done, because it cannot be, was only planned, or is not wanted. */
  readonly result: PlanResult | null;
}

/** Shows the plan, asks, and does what it says. */
export async function perform(work: Work): Promise<Performed> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new CliError('Stopped as asked. The same command goes on from here.', 130));
  for (const signal of signals) process.once(signal, stop);
  try {
    return await planAndApply(work, stopping.signal);
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;

async function planAndApply({ about, steps, context, yes, dryRun, begin, next }: Work, signal: AbortSignal): Promise<Performed> {
  const report = textReport({ write: (text) => void process.stdout.write(text), isTerminal: process.stdout.isTTY });
  const tools = { signal, clock: context.clock, mask: context.mask };
  const planned = await planSteps(steps, context, tools);
  report.plan(about, planned);
  if (planned.some(isObstacle)) {
    report.say('Nothing was changed: what cannot be done comes first.');
    return { code: 1, result: null };
  }
  if (!planned.some(isNeeded)) {
    if (planned.some(({ check }) => check.state === 'impossible')) {
      report.say('Nothing was changed: the rest is there, and what cannot be done is said above.');
      return { code: 1, result: null };
    }
    const result: PlanResult = { end: planned.some(asksForLook) ? 'degraded' : 'done', applied: 0, failures: [] };
    report.end(result, []);
    return { code: codes[result.end], result };
  }
  if (dryRun) return { code: 0, result: null };
  if (!yes && !(await ask('Do this? [y/N] '))) return { code: 1, result: null };
  const result = await withLock(context.settings.config.instance.data, () => {
    begin?.();
    return applySteps(steps, planned, context, { ...tools, reporter: report.onEvent });
  });
  report.end(result, result.end === 'done' || result.end === 'degraded' ? next : []);
  return { code: codes[result.end], result };
}

const codes = { done: 0, degraded: 1, failed: 1, cancelled: 130 } as const;

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CliError('Nothing was changed: there is no terminal to ask on. Add --yes to do what the plan says.', 2);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
