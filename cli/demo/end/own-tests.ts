import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha } from '#domain/sha';
import { createPlanner, type Plan } from '../../../embedded/ci/plan.ts';
import { openRepository, type Repository } from '../../../embedded/ci/repository.ts';
import { createLogStore, type LogStore } from '../../../embedded/ci/run/log-store.ts';
import { type RunnerDeps, runWorkflow, usualStepWallSeconds } from '../../../embedded/ci/run/workflow.ts';
import type { Workflow } from '../../../shared/ci/workflow/model.ts';
import { planSteps } from '../../../shared/ci/workflow/order.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { processEnvironment } from '../../../shared/config/environment.ts';
import { hiddenOf } from '../../../shared/config/secret.ts';
import type { Factory } from '../factory.ts';
import type { DemoLayout } from '../places.ts';

/** How the merged branch did; no failure: all green. */
export interface OwnTests {
  readonly workflows: readonly string[];
  readonly failures: readonly { readonly workflow: string; readonly step: string; readonly description: string }[];
}

export type TestedFactory = Pick<Factory, 'config' | 'project' | 'env' | 'mask'>;

/** Whether the branch has any workflow. */
export async function hasWorkflows(layout: Pick<DemoLayout, 'repository'>, factory: Pick<Factory, 'env' | 'project'>): Promise<boolean> {
  const repository = repositoryOf(layout, factory);
  const main = (await repository.heads()).get(factory.project.branch);
  return main !== undefined && (await repository.workflowFiles(main)).length > 0;
}

/**
 * Runs what the embedded CI runs for a push to the merged branch, by its own code; `say` gets what the steps printed, masked. Null
 * when no workflow is for a push there, or when it was cancelled.
 */
export async function runOwnTests(
  layout: Pick<DemoLayout, 'root' | 'repository'>,
  factory: TestedFactory,
  main: Sha,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<OwnTests | null> {
  const repository = repositoryOf(layout, factory);
  const { branch } = factory.project;
  const plan = await createPlanner(repository, null)({ kind: 'branch', number: null, source: branch, head: main, base: main, branch });
  if (plan.workflows.length === 0) return null;
  const directory = join(layout.root, 'own-tests');
  const logs = createLogStore(join(directory, 'logs'));
  try {
    const deps = runnerDeps(factory, repository, directory, logs);
    return await runInOrder(deps, plan, say, signal);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

const repositoryOf = (layout: Pick<DemoLayout, 'repository'>, { env }: Pick<Factory, 'env'>): Repository =>
  openRepository(layout.repository, env['PATH'] ?? '/usr/bin:/bin');

function runnerDeps({ config, project, env, mask }: TestedFactory, repository: Repository, directory: string, logs: LogStore): RunnerDeps {
  return {
    repository,
    directory: join(directory, 'runs'),
    logs,
    clock: systemClock,
    chance: systemChance,
    stepWallSeconds: usualStepWallSeconds,
    mask,
    name: project.repository,
    forgeUrl: config.forge.url,
    env,
    hidden: hiddenOf(config, processEnvironment()),
  };
}

async function runInOrder(deps: RunnerDeps, plan: Plan, say: (line: string) => void, signal: AbortSignal): Promise<OwnTests | null> {
  const { workflows } = plan;
  const { order, waits } = planSteps(workflows.map((each) => ({ name: each.name, dependsOn: each.kind === 'sound' ? each.dependsOn : [] })));
  const failures: OwnTests['failures'][number][] = [];
  for (const at of order) {
    const workflow = workflows[at];
    if (workflow === undefined) continue;
    const needed = (waits[at] ?? []).map((index) => workflows[index]?.name);
    const blockedBy = failures.find((failure) => needed.includes(failure.workflow))?.workflow ?? null;
    say(`The tests of the merged ${plan.subject.branch}: ${workflow.name}`);
    const verdict = await runWorkflow(deps, { plan, workflow, status: 'announced' }, blockedBy, signal);
    if (verdict === null) return null;
    const step = await sayLog(deps, plan.subject.head, workflow, say);
    if (verdict.state !== 'success') failures.push({ workflow: workflow.name, step: step ?? '', description: deps.mask(verdict.description) });
  }
  return { workflows: workflows.map((workflow) => workflow.name), failures };
}

/** Says what each step printed; answers the first that failed. */
async function sayLog({ logs }: RunnerDeps, head: Sha, workflow: Workflow, say: (line: string) => void): Promise<string | null> {
  const steps = (await logs.find(head, workflow.context))?.steps ?? [];
  for (const step of steps) {
    const text = (await logs.read(head, workflow.context, step)).trimEnd();
    if (text !== '') for (const line of text.split('\n')) say(`    ${line}`);
  }
  return steps.find((step) => step.result === 'failed')?.name ?? null;
}
