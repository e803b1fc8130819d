import type { Sha } from '#domain/sha';
import type { Workflow } from '../../shared/ci/workflow/model.ts';
import type { Plan } from './plan.ts';

/** One workflow to run on one commit. */
export interface Job {
  readonly plan: Plan;
  readonly workflow: Workflow;
  /** `unannounced`: its pending status is not on the forge yet. */
  readonly status: 'unannounced' | 'announced';
}

export type Final = 'success' | 'failure';

/** Does a job and sees its result onto the forge; `given-up` when it was cancelled. `blockedBy`: a workflow it needs has failed. */
export interface Performer {
  (job: Job, blockedBy: string | null, slot: { release(): void }, signal: AbortSignal): Promise<Final | 'given-up'>;
}

/** What runs, what waits, and what is known to be settled. Lives in memory only: the forge says what is unfinished. */
export interface Board {
  settle(head: Sha, context: string, final: Final): void;
  unsettle(head: Sha, context: string): void;
  /** Whether the context of this commit is settled, waiting or running. */
  knows(head: Sha, context: string): boolean;
  running(head: Sha, context: string): boolean;
  add(job: Job): void;
  /** Cancels work on pull requests and merge results that nobody asks for any more, and what waits on anything else. */
  keepOnly(heads: ReadonlySet<Sha>): void;
  idle(): boolean;
  /** Cancels everything and resolves when it has ended. */
  close(): Promise<void>;
}

interface Entry {
  readonly job: Job;
  readonly controller: AbortController;
  state: 'waiting' | 'running' | 'publishing';
}

const keyOf = (head: Sha, context: string): string => `${head} ${context}`;

/** Runs up to `concurrency` jobs at a time, in the order they were added but pull requests before branches, of which one at a time runs. */
export function createBoard(concurrency: number, perform: Performer, onError: (job: Job, error: unknown) => void): Board {
  const entries = new Map<string, Entry>();
  const settled = new Map<string, Final>();
  /** Also work that was cancelled and is still ending. */
  const ending = new Set<Promise<void>>();
  let closed = false;

  const work = async (key: string, entry: Entry, blockedBy: string | null): Promise<void> => {
    const release = (): void => {
      entry.state = 'publishing';
      pump();
    };
    const final = await perform(entry.job, blockedBy, { release }, entry.controller.signal).catch((error: unknown) => onError(entry.job, error));
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    if (final === 'success' || final === 'failure') settled.set(key, final);
  };
  const start = ({ key, entry, blockedBy }: Start): void => {
    entry.state = 'running';
    const done = work(key, entry, blockedBy).finally(() => {
      ending.delete(done);
      pump();
    });
    ending.add(done);
  };
  const pump = (): void => {
    if (!closed) for (const next of chooseNext(entries, settled, concurrency)) start(next);
  };
  return {
    settle: (head, context, final) => {
      // What runs here is newer than what the forge was just read to say.
      if (!entries.has(keyOf(head, context))) settled.set(keyOf(head, context), final);
      pump();
    },
    unsettle: (head, context) => void settled.delete(keyOf(head, context)),
    knows: (head, context) => settled.has(keyOf(head, context)) || entries.has(keyOf(head, context)),
    running: (head, context) => entries.has(keyOf(head, context)),
    add: (job) => {
      const key = keyOf(job.plan.subject.head, job.workflow.context);
      if (closed || entries.has(key)) return;
      settled.delete(key);
      entries.set(key, { job, controller: new AbortController(), state: 'waiting' });
      pump();
    },
    keepOnly: (heads) => {
      for (const [key, entry] of superseded(entries, heads)) {
        entries.delete(key);
        entry.controller.abort(new Error('superseded'));
      }
      for (const key of settled.keys()) if (!heads.has(key.slice(0, key.indexOf(' ')) as Sha)) settled.delete(key);
      pump();
    },
    idle: () => entries.size === 0 && ending.size === 0,
    close: async () => {
      closed = true;
      for (const entry of entries.values()) entry.controller.abort(new Error('CI is stopping'));
      await Promise.all(ending);
    },
  };
}

/** Work on commits that nobody asks about any more. A branch that moved on may finish what it runs, but starts nothing. */
const superseded = (entries: ReadonlyMap<string, Entry>, heads: ReadonlySet<Sha>): readonly (readonly [string, Entry])[] =>
  [...entries].filter(([, { job, state }]) => !heads.has(job.plan.subject.head) && (job.plan.subject.kind !== 'branch' || state === 'waiting'));

interface Start {
  readonly key: string;
  readonly entry: Entry;
  readonly blockedBy: string | null;
}

/** What may start now: within the slots, branches last and one at a time, and only when all that a workflow needs is settled. */
function chooseNext(entries: ReadonlyMap<string, Entry>, settled: ReadonlyMap<string, Final>, concurrency: number): readonly Start[] {
  const all = [...entries].map(([key, entry]) => ({ key, entry, branch: entry.job.plan.subject.kind === 'branch' }));
  const running = all.filter(({ entry }) => entry.state === 'running');
  const ready = all.flatMap((each) => {
    const needs = each.entry.state === 'waiting' ? needsOf(each.entry.job, settled) : null;
    return needs?.settled === 'all' ? [{ ...each, blockedBy: needs.failed }] : [];
  });
  const branches = running.some(({ branch }) => branch) ? [] : ready.filter(({ branch }) => branch).slice(0, 1);
  return [...ready.filter(({ branch }) => !branch), ...branches].slice(0, Math.max(0, concurrency - running.length));
}

function needsOf({ plan, workflow }: Job, settled: ReadonlyMap<string, Final>): { readonly settled: 'all' | 'some'; readonly failed: string | null } {
  const names = workflow.kind === 'sound' ? workflow.dependsOn : [];
  const needed = plan.workflows
    .filter((each) => names.includes(each.name))
    .map((each) => ({ name: each.name, final: settled.get(keyOf(plan.subject.head, each.context)) }));
  const failed = needed.find(({ final }) => final === 'failure');
  return { settled: needed.every(({ final }) => final !== undefined) ? 'all' : 'some', failed: failed?.name ?? null };
}
