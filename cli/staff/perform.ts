import { createInterface } from 'node:readline/promises';
import type { PlanResult, Step } from '#pipeline';
import { applySteps } from '../../shared/pipeline/apply.ts';
import { planSteps } from '../../shared/pipeline/plan.ts';
import { CliError } from '../command.ts';
import { isNeeded, isObstacle, textReport } from '../init/report.ts';
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

/** Shows the plan, asks, and does what it says. Null: nothing was done (nothing to do, only a plan, or not wanted); then the exit code. */
export async function perform({
  about,
  steps,
  context,
  yes,
  dryRun,
  begin,
  next,
}: Work): Promise<{ readonly code: number; readonly result: PlanResult | null }> {
  const report = textReport({ write: (text) => void process.stdout.write(text), isTerminal: process.stdout.isTTY });
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const tools = { signal: stopping.signal, clock: context.clock, mask: context.mask, reporter: report.onEvent };
  const planned = await planSteps(steps, context, { ...tools, reporter: () => {} });
  report.plan(about, planned);
  if (planned.some(isObstacle)) {
    report.say('Nothing was changed: what cannot be done comes first.');
    return { code: 1, result: null };
  }
  if (!planned.some(isNeeded)) {
    report.end({ end: 'done', applied: 0, failures: [] }, []);
    return { code: 0, result: { end: 'done', applied: 0, failures: [] } };
  }
  if (dryRun) return { code: 0, result: null };
  if (!yes && !(await ask('Do this? [y/N] '))) return { code: 1, result: null };
  begin?.();
  const result = await applySteps(steps, planned, context, tools);
  report.end(result, result.end === 'done' || result.end === 'degraded' ? next : []);
  return { code: result.end === 'done' ? 0 : 1, result };
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CliError('Nothing was changed: there is no terminal to ask on. Add --yes to do what the plan says.', 2);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
