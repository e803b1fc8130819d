import type { Clock } from '#clock';
import type { CommitStatus } from '#domain/check';
import type { Forge } from '#forge';
import type { Log } from '#log';
import type { Board } from './board.ts';
import type { Plan } from './plan.ts';
import type { Repository } from './repository.ts';
import { listSubjects } from './subject.ts';
import type { Subject } from './subject.ts';

export interface ReconcileDeps {
  readonly forge: Pick<Forge, 'listOpenPullRequests' | 'listStatuses' | 'me'>;
  readonly repository: Repository;
  readonly plan: (subject: Subject) => Promise<Plan>;
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  readonly everySeconds: number;
}

export interface Reconciler {
  /** Looks again, now or right after the present look. */
  wake(): void;
  /** Looks and resolves when done; throws what went wrong. */
  look(): Promise<readonly Plan[]>;
  idle(): boolean;
  /** Why the last look failed, or null when it did not. */
  waiting(): string | null;
  close(): Promise<void>;
}

/**
 * Compares what should be judged with what is: a context that has no final status of ours, and that nothing here works on, is
 * run. That is all there is to start, webhook, restart and a status left pending by a dead process alike.
 */
export function createReconciler(deps: ReconcileDeps): Reconciler {
  let looking: Promise<readonly Plan[]> | null = null;
  let again = false;
  let closed = false;
  let cancelTimer = (): void => {};

  const trouble = createTrouble(deps.log);

  const look = (): Promise<readonly Plan[]> => {
    looking ??= lookOnce(deps)
      .then(trouble.over, trouble.met)
      .finally(() => {
        looking = null;
        planNext();
      });
    return looking;
  };
  const planNext = (): void => {
    if (closed) return;
    cancelTimer();
    cancelTimer = deps.clock.after(deps.everySeconds * 1000, wake);
    if (!again) return;
    again = false;
    wake();
  };
  const wake = (): void => {
    if (closed) return;
    if (looking === null) look().catch(() => 'said already');
    else again = true;
  };
  return {
    wake,
    look: async () => {
      if (looking !== null) await looking.catch(() => []);
      return look();
    },
    idle: () => looking === null && !again,
    waiting: trouble.why,
    close: async () => {
      closed = true;
      cancelTimer();
      if (looking !== null) await atMost(deps.clock, lastLookMs, looking);
    },
  };
}

/** A look at a forge that hangs is not waited for: it changes nothing any more. */
const lastLookMs = 3000;

async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<void>();
  const cancel = clock.after(ms, over.resolve);
  await Promise.race([work.catch(() => 'said already'), over.promise]);
  cancel();
}

/** Why looks fail, said once per cause and once when it is over: a forge may be away for hours. */
function createTrouble(log: Log): { over(plans: readonly Plan[]): readonly Plan[]; met(error: unknown): never; why(): string | null } {
  let present: { readonly kind: string; readonly why: string } | null = null;
  return {
    over: (plans) => {
      if (present !== null) log.info({}, 'CI sees again what is to be judged');
      present = null;
      return plans;
    },
    met: (error) => {
      const kind = error instanceof Error ? ('kind' in error ? String(error.kind) : error.name) : 'unknown';
      if (present?.kind !== kind) log.warn({ err: error }, 'CI cannot see what is to be judged; it looks again by itself');
      present = { kind, why: error instanceof Error ? error.message : String(error) };
      throw error;
    },
    why: () => present?.why ?? null,
  };
}

async function lookOnce(deps: ReconcileDeps): Promise<readonly Plan[]> {
  const { board } = deps;
  await deps.repository.refresh();
  const subjects = await listSubjects(deps.forge, deps.repository);
  board.keepOnly(new Set(subjects.map((subject) => subject.head)));
  const plans: Plan[] = [];
  for (const subject of subjects) {
    const plan = await deps.plan(subject);
    plans.push(plan);
    await startMissing(deps, plan);
  }
  return plans;
}

async function startMissing({ board, forge }: ReconcileDeps, plan: Plan): Promise<void> {
  const { head } = plan.subject;
  const unknown = plan.workflows.filter((workflow) => !board.knows(head, workflow.context));
  if (unknown.length === 0) return;
  const [statuses, me] = await Promise.all([forge.listStatuses(head), forge.me()]);
  const finals = unknown.map((workflow) => ({ workflow, final: finalOf(statuses, workflow.context, me) }));
  for (const { workflow, final } of finals) if (final !== null) board.settle(head, workflow.context, final);
  for (const { workflow, final } of finals) if (final === null) board.add({ plan, workflow, status: 'unannounced' });
}

function finalOf(statuses: readonly CommitStatus[], context: string, account: string): 'success' | 'failure' | null {
  const newest = statuses.filter((status) => status.context === context && status.creator === account).toSorted((a, b) => b.id - a.id)[0];
  if (newest === undefined || newest.state === 'pending') return null;
  return newest.state === 'success' || newest.state === 'warning' ? 'success' : 'failure';
}
