import type { Clock } from '#clock';
import { attemptOf, labels } from '#domain/name';
import { readPark } from '#domain/park';
import { createView } from '../../shared/forge/cached-view.ts';
import { identities } from '#work/identities';
import type { Factory } from './factory.ts';

/** Why a demo stopped waiting. */
export type Finish = 'done' | 'stuck' | 'time' | 'stopped';

export interface WatchOptions {
  readonly factory: Factory;
  readonly clock: Clock;
  /** Seconds until it stops anyway, or null. */
  readonly forSeconds: number | null;
  /** Seconds without any progress, all agents at rest, after which nothing is expected any more. */
  readonly stuckSeconds: number;
  readonly stop: AbortSignal;
  /** Monotonic milliseconds of the last thing that happened. */
  readonly lastProgress: () => number;
}

const lookMilliseconds = 150;

/** Waits until every given issue has an end and nothing is in flight. Looks at the forge only while everything rests. */
export async function watch(options: WatchOptions): Promise<Finish> {
  const { factory, clock } = options;
  const began = clock.monotonic();
  const settled = createSettled(factory, clock);
  for (;;) {
    if (options.stop.aborted) return 'stopped';
    const now = clock.monotonic();
    if (options.forSeconds !== null && now - began > options.forSeconds * 1000) return 'time';
    if (factory.host.idle() && factory.ci.idle()) {
      const before = options.lastProgress();
      if ((await settled()) && factory.host.idle() && factory.ci.idle() && options.lastProgress() === before) return 'done';
      if (now - Math.max(before, began) > options.stuckSeconds * 1000) return 'stuck';
    }
    await clock.sleep(lookMilliseconds, options.stop).catch(() => 'the loop sees the signal');
  }
}

/** Tells whether each given issue is closed, or parked by a record that its labels show. */
function createSettled({ forge, config, project, given }: Factory, clock: Clock): () => Promise<boolean> {
  const view = createView({ forge, clock });
  const { people } = identities(config, project);
  return async () => {
    await view.refresh();
    for (const number of given) {
      const issue = await view.issue(number);
      if (issue === null) return false;
      if (issue.state === 'closed') continue;
      if (!issue.labels.has(labels.blocked.name)) return false;
      const park = readPark(await view.comments(number), people);
      if (park === null || park.unparked !== null) return false;
    }
    return [...view.pullRequests.values()].every((pull) => pull.state !== 'open' || isParked(view, pull.branch));
  };
}

function isParked(view: { issues: ReadonlyMap<number, { labels: ReadonlySet<string> }> }, branch: string): boolean {
  const issue = attemptOf(branch)?.issue;
  return issue === undefined || view.issues.get(issue)?.labels.has(labels.blocked.name) === true;
}
