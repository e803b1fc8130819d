import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chance, Clock } from '#clock';
import type { SoundWorkflow, Step } from '../../../shared/ci/workflow/model.ts';
import type { Job } from '../board.ts';
import type { Repository } from '../repository.ts';
import { stepEnvironment, workflowEnvironment } from './environment.ts';
import { collectLog } from './log-text.ts';
import type { LogStore, RunRecord, StepRecord } from './log-store.ts';
import { runStep } from './step.ts';
import type { StepEnd } from './step.ts';
import { runSteps } from './steps.ts';

/** Time limit of a step, unless told otherwise. */
export const usualStepWallSeconds = 600;

export interface RunnerDeps {
  readonly repository: Repository;
  /** Checkouts live here while they are used. */
  readonly directory: string;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly stepWallSeconds: number;
  readonly mask: (text: string) => string;
  readonly name: string;
  readonly forgeUrl: string;
  readonly env: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
}

export type Verdict = Pick<RunRecord, 'state' | 'description'>;
type LoggedStep = Omit<StepRecord, 'file'> & { readonly log: string };

const maxLogBytes = 1024 * 1024;

/** Runs one workflow on one commit and keeps its logs. Null when it was cancelled: then nothing is kept or said. */
export async function runWorkflow(deps: RunnerDeps, job: Job, blockedBy: string | null, signal: AbortSignal): Promise<Verdict | null> {
  const { workflow, plan } = job;
  const began = deps.clock.monotonic();
  const steps = await stepsOf(deps, job, blockedBy, signal);
  if (signal.aborted) return null;
  const verdict = judge(steps, (deps.clock.monotonic() - began) / 1000);
  await deps.logs.save(plan.subject.head, { workflow: workflow.name, ...verdict, steps });
  return verdict;
}

async function stepsOf(deps: RunnerDeps, job: Job, blockedBy: string | null, signal: AbortSignal): Promise<readonly LoggedStep[]> {
  const { workflow } = job;
  if (workflow.kind === 'broken') return [failedStep('config', workflow.path, workflow.problem)];
  if (blockedBy !== null) return [failedStep('dependency', blockedBy, `not run: workflow ${blockedBy} failed`)];
  const root = join(deps.directory, deps.chance.id('ci'));
  try {
    const places = { workspace: join(root, 'workspace'), home: join(root, 'home'), root };
    await Promise.all([mkdir(places.workspace, { recursive: true }), mkdir(places.home, { recursive: true })]);
    const problem = workflow.checkout === 'nothing' ? null : await checkOut(deps, job, places.workspace, signal);
    if (problem !== null) return [failedStep('clone', 'clone', deps.mask(problem))];
    return await runInPlace(deps, job, workflow, places, signal);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

const pausesMs = [100, 400, 1600];

/** The forge may tell of a commit before its objects can be read (I14), so a few tries; the last problem is the answer. */
async function checkOut(deps: RunnerDeps, job: Job, workspace: string, signal: AbortSignal): Promise<string | null> {
  for (const pause of [...pausesMs, null]) {
    try {
      await deps.repository.checkout(job.plan.subject.head, workspace, signal);
      return null;
    } catch (error) {
      if (signal.aborted || pause === null) return error instanceof Error ? error.message : String(error);
      await deps.clock.sleep(pause, signal).catch(() => undefined);
    }
  }
  return null;
}

async function runInPlace(
  deps: RunnerDeps,
  job: Job,
  workflow: SoundWorkflow,
  places: { readonly workspace: string; readonly home: string; readonly root: string },
  signal: AbortSignal,
): Promise<readonly LoggedStep[]> {
  const base = workflowEnvironment({
    repository: deps.name,
    forgeUrl: deps.forgeUrl,
    defaultBranch: await deps.repository.defaultBranch(),
    host: deps.env,
    plan: job.plan,
    workflow: workflow.name,
    workspace: places.workspace,
    home: places.home,
  });
  const records = new Map<Step, { readonly log: string; readonly seconds: number }>();
  const run = async (step: Step, state: 'success' | 'failure'): Promise<StepEnd> => {
    const began = deps.clock.monotonic();
    const output = collectLog(maxLogBytes);
    const end = await runStep({
      step,
      workspace: places.workspace,
      scriptFile: join(places.root, `${workflow.steps.indexOf(step)}.sh`),
      signal,
      env: stepEnvironment(base, step, state),
      wallSeconds: deps.stepWallSeconds,
      sight: { hidden: deps.hidden, writable: [places.root], readable: [deps.repository.objects] },
      onLine: (line) => output.write(deps.mask(line)),
    });
    records.set(step, { log: output.text(), seconds: (deps.clock.monotonic() - began) / 1000 });
    return end;
  };
  const outcomes = await runSteps(workflow.steps, job.plan.occasion, (step, state) => (signal.aborted ? Promise.resolve(aborted) : run(step, state)));
  return outcomes.map(({ step, result, end }) => ({
    name: step.name,
    kind: 'step',
    result,
    exitCode: end?.exitCode ?? null,
    signal: end?.signal ?? null,
    ended: end?.ended === 'wall' ? 'wall' : null,
    seconds: records.get(step)?.seconds ?? 0,
    log: records.get(step)?.log ?? '',
  }));
}

const aborted: StepEnd = { exitCode: null, signal: null, ended: 'aborted' };

const failedStep = (kind: 'clone' | 'config' | 'dependency', name: string, log: string): LoggedStep => ({
  name,
  kind,
  result: 'failed',
  exitCode: null,
  signal: null,
  ended: null,
  seconds: 0,
  log,
});

/** failure: the change did not pass; error: it could not be run at all. */
function judge(steps: readonly LoggedStep[], seconds: number): Verdict {
  const failed = steps.find((step) => step.result === 'failed');
  if (failed === undefined) return { state: 'success', description: `passed in ${seconds.toFixed(1)} s` };
  if (failed.kind === 'config') return { state: 'error', description: failed.log };
  if (failed.kind === 'clone') return { state: 'error', description: `could not check out: ${failed.log}` };
  if (failed.kind === 'dependency') return { state: 'failure', description: failed.log };
  const how =
    failed.ended === 'wall'
      ? 'ran into the time limit'
      : failed.exitCode === null
        ? `was ended by ${failed.signal ?? 'a signal'}`
        : `ended with exit code ${failed.exitCode}`;
  return { state: 'failure', description: `step ${failed.name} ${how}` };
}
