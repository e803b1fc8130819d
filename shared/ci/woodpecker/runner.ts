import { CiError } from '#ci';
import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import { createWoodpeckerApi } from './api.ts';
import type { AskWoodpecker, WoodpeckerApi } from './api.ts';
import { readContext } from './context.ts';
import type { WoodpeckerContext } from './context.ts';
import { textOfLog } from './log.ts';
import type { Pipeline, WoodpeckerStep, WoodpeckerWorkflow } from './schema.ts';

export interface FailedWoodpeckerStep {
  readonly name: string;
  readonly kind: 'clone' | 'step' | 'config';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ended: null;
  readonly log: string;
}

export interface WoodpeckerRunner {
  failedSteps(head: Sha, status: CommitStatus): Promise<readonly FailedWoodpeckerStep[]>;
  readonly repeats: true;
  rerun(head: Sha, contexts: readonly string[]): Promise<void>;
}

/** Reads failures from Woodpecker's own API and restarts its pipelines. `repository`: `owner/name`. */
export function createWoodpeckerRunner(http: AskWoodpecker, repository: string): WoodpeckerRunner {
  const api = createWoodpeckerApi(http, repository);
  return {
    failedSteps: async (head, { context }) => {
      const wanted = readContext(context);
      const pipeline = await findPipeline(api, head, wanted);
      const workflow = workflowOf(pipeline, wanted);
      return workflow === null ? configErrors(pipeline) : stepsOf(api, pipeline, workflow);
    },
    repeats: true,
    rerun: async (head, contexts) => {
      const pipelines = new Map<number, Pipeline>();
      for (const context of contexts) {
        const pipeline = await findPipeline(api, head, readContext(context));
        pipelines.set(pipeline.number, pipeline);
      }
      for (const pipeline of pipelines.values()) await restart(api, pipeline);
    },
  };
}

/** The newest pipeline of a commit that has the workflow: a restart makes a new one, and one cut short before it started has none. */
async function findPipeline(api: WoodpeckerApi, head: Sha, wanted: WoodpeckerContext): Promise<Pipeline> {
  for await (const listed of api.pipelines()) {
    if (listed.commit !== head || (wanted.event !== null && listed.event !== wanted.event)) continue;
    const pipeline = await api.pipeline(listed.number);
    if (workflowOf(pipeline, wanted) !== null || configErrors(pipeline).length > 0) return pipeline;
  }
  throw new CiError('not-found', `Woodpecker has no pipeline of ${head} with the workflow ${wanted.workflow} (yet)`);
}

/** Of a matrix, which makes one workflow per axis under one name, the one that failed. */
function workflowOf({ workflows }: Pipeline, { workflow }: WoodpeckerContext): WoodpeckerWorkflow | null {
  const named = (workflows ?? []).filter(({ name }) => name === workflow);
  return named.find(({ state }) => isFailing(state)) ?? named[0] ?? null;
}

const isFailing = (state: string): boolean => ['failure', 'error', 'killed', 'canceled', 'declined'].includes(state);
const isOpen = (state: string): boolean => ['pending', 'running', 'created'].includes(state);

const problem = { exitCode: null, signal: null, ended: null } as const;

/** What Woodpecker found wrong with the configuration itself; then there are no steps. */
function configErrors({ errors, status }: Pipeline): readonly FailedWoodpeckerStep[] {
  const texts = (errors ?? []).filter((error) => error.is_warning !== true).map((error) => error.message);
  return texts.length === 0 || !isFailing(status) ? [] : [{ ...problem, name: 'config', kind: 'config', log: texts.join('\n') }];
}

async function stepsOf(api: WoodpeckerApi, pipeline: Pipeline, workflow: WoodpeckerWorkflow): Promise<readonly FailedWoodpeckerStep[]> {
  if (isOpen(workflow.state)) return [];
  if (pipeline.status === 'declined' || workflow.state === 'declined') {
    return [
      {
        ...problem,
        name: 'approval',
        kind: 'step',
        log: `A person declined pipeline ${pipeline.number} in Woodpecker; it needs another change, or their approval there.`,
      },
    ];
  }
  const failed = (workflow.children ?? []).filter(({ state }) => isFailing(state));
  if (failed.length > 0) return Promise.all(failed.map((step) => readStep(api, pipeline.number, step)));
  const errors = configErrors(pipeline);
  if (errors.length > 0) return errors;
  const log = workflow.error ?? `Woodpecker ended the workflow as ${workflow.state} without a failed step.`;
  return isFailing(workflow.state) ? [{ ...problem, signal: signalOf(workflow.state), name: workflow.name, kind: 'step', log }] : [];
}

async function readStep(api: WoodpeckerApi, pipeline: number, step: WoodpeckerStep): Promise<FailedWoodpeckerStep> {
  const log = textOfLog(await api.log(pipeline, step.id).catch(withoutLog));
  const error = step.error ?? '';
  return {
    name: step.name,
    kind: step.type === 'clone' || step.name === 'clone' ? 'clone' : 'step',
    exitCode: step.exit_code === undefined || step.exit_code === 0 ? null : step.exit_code,
    signal: signalOf(step.state),
    ended: null,
    log: [log, error].filter((text) => text !== '').join('\n'),
  };
}

/** Logs may have been removed, or never begun: the step still failed. */
function withoutLog(error: unknown): null {
  if (error instanceof CiError && error.kind === 'not-found') return null;
  throw error;
}

/** Killed by a person, by a newer pipeline, or with its agent: not by what it tests. */
const signalOf = (state: string): string | null => (state === 'killed' || state === 'canceled' ? 'SIGKILL' : null);

async function restart(api: WoodpeckerApi, { number, status }: Pipeline): Promise<void> {
  if (isOpen(status)) return;
  if (status === 'blocked' || status === 'declined')
    throw new CiError('config', `Woodpecker cannot restart pipeline ${number}, which is ${status}: approve it in Woodpecker`);
  await api.restart(number);
}
