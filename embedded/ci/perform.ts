import type { Chance, Clock } from '#clock';
import type { Forge, StatusDraft } from '#forge';
import type { Log } from '#log';
import type { Job, Performer } from './board.ts';
import { publishStatus } from './publish.ts';
import type { Repository } from './repository.ts';
import type { LogStore } from './run/log-store.ts';
import { runWorkflow, usualStepWallSeconds } from './run/workflow.ts';

export interface PerformerDeps {
  readonly forge: Pick<Forge, 'postStatus'>;
  readonly repository: string;
  readonly forgeUrl: string;
  readonly gitRepository: Repository;
  readonly runs: string;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly env: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
  readonly mask: (text: string) => string;
  readonly stepWallSeconds?: number;
  readonly url: string;
}

/** Runs a job between its two statuses: pending at the start (posted while the checkout goes on), the result at the end. */
export function createPerformer(deps: PerformerDeps): Performer {
  const runner = {
    repository: deps.gitRepository,
    directory: deps.runs,
    logs: deps.logs,
    clock: deps.clock,
    chance: deps.chance,
    mask: deps.mask,
    stepWallSeconds: deps.stepWallSeconds ?? usualStepWallSeconds,
    name: deps.repository,
    forgeUrl: deps.forgeUrl,
    env: deps.env,
    hidden: deps.hidden,
  };
  return async (job, blockedBy, slot, signal) => {
    const { head } = job.plan.subject;
    const announced = job.status === 'announced' ? Promise.resolve() : announce(deps, job);
    const verdict = await runWorkflow(runner, job, blockedBy, signal);
    slot.release();
    await announced;
    if (verdict === null || signal.aborted) return 'given-up';
    const status: StatusDraft = {
      context: job.workflow.context,
      state: verdict.state,
      description: deps.mask(verdict.description),
      targetUrl: logUrl(deps.url, job),
    };
    deps.log.info({ head, context: status.context, state: status.state, description: status.description }, 'CI judged a commit');
    await publishStatus(deps, head, status, signal).catch((error: unknown) => {
      if (!signal.aborted)
        deps.log.error({ head, context: status.context, error }, 'CI could not post a result: the forge refuses it; check the rights of the CI account');
    });
    return signal.aborted ? 'given-up' : verdict.state === 'success' ? 'success' : 'failure';
  };
}

/** Only a courtesy to people, so a forge that is away does not keep the run from going on. */
async function announce(deps: PerformerDeps, job: Job): Promise<void> {
  try {
    await deps.forge.postStatus(job.plan.subject.head, pendingStatus(job.workflow.context));
  } catch (error) {
    deps.log.warn({ head: job.plan.subject.head, context: job.workflow.context, error }, 'CI could not say that it started');
  }
}

export const pendingStatus = (context: string): StatusDraft => ({ context, state: 'pending', description: 'running', targetUrl: null });

const logUrl = (url: string, job: Job): string => `${url}/logs/${job.plan.subject.head}/${encodeURI(job.workflow.context)}`;
