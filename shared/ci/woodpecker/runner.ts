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
  /** Why the log is missing. */
  readonly note?: string;
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
    failedSteps: async (head, { context, targetUrl }) => {
      const wanted = readContext(context);
      const pipeline = await findPipeline(api, head, wanted);
      const workflow = workflowOf(pipeline, wanted, targetUrl);
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
    if (workflowOf(pipeline, wanted, null) !== null || configErrors(pipeline).length > 0) return pipeline;
  }
  throw new CiError('not-found', `Woodpecker has no pipeline of ${head} with the workflow ${wanted.workflow} (yet)`);
}

/**
 * Of a matrix, which makes one workflow per axis under one name, the one that the status is about: its address says which, else
 * the order of the axes does. Axes that a condition left out are not in it: where that leads to a green one, the first that failed.
 */
function workflowOf({ number, workflows }: Pipeline, { workflow, axis }: WoodpeckerContext, targetUrl: string | null): WoodpeckerWorkflow | null {
  const named = (workflows ?? []).filter(({ name }) => name === workflow).toSorted((a, b) => (a.pid ?? 0) - (b.pid ?? 0));
  const [, pipeline, pid] = /\/pipeline\/(\d+)\/(\d+)$/.exec(targetUrl ?? '') ?? [];
  const addressed = Number(pipeline) === number ? named.find((one) => one.pid === Number(pid)) : undefined;
  const own = addressed ?? (axis === null ? undefined : named[axis - 1]);
  if (own !== undefined && (isFailing(own.state) || isOpen(own.state))) return own;
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
  const { text: log, ...missing } = await readLog(api, pipeline, step.id);
  const error = step.error ?? '';
  return {
    name: step.name,
    kind: step.type === 'clone' || step.name === 'clone' ? 'clone' : 'step',
    exitCode: step.exit_code === undefined || step.exit_code === 0 ? null : step.exit_code,
    signal: signalOf(step.state),
    ended: null,
    log: [log, error].filter((text) => text !== '').join('\n'),
    ...missing,
  };
}

/** A log may have been removed, never begun, or be the one thing that cannot be read: the step still failed. Throws when it is more than that. */
async function readLog(api: WoodpeckerApi, pipeline: number, stepId: number): Promise<{ readonly text: string; readonly note?: string }> {
  try {
    return { text: textOfLog(await api.log(pipeline, stepId)) };
  } catch (error) {
    if (!(error instanceof CiError) || error.kind === 'rate-limited') throw error;
    if (error.kind === 'not-found') return { text: '', note: '(Woodpecker has no log of this step.)' };
    await api.pipeline(pipeline);
    return { text: '', note: `(The log of this step cannot be read: ${error.message})` };
  }
}

/** Killed by a person, by a newer pipeline, or with its agent: not by what it tests. */
const signalOf = (state: string): string | null => (state === 'killed' || state === 'canceled' ? 'SIGKILL' : null);

async function restart(api: WoodpeckerApi, { number, status }: Pipeline): Promise<void> {
  if (isOpen(status)) return;
  if (status === 'blocked' || status === 'declined')
    throw new CiError('config', `Woodpecker cannot restart pipeline ${number}, which is ${status}: approve it in Woodpecker`);
  await api.restart(number);
}
