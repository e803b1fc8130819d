import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '#clock';
import type { Forge } from '#forge';
import { createDetails, type Details } from './details.ts';
import { createForgotten } from './forgotten.ts';
import { createHearing, type Hearing } from './hearing.ts';
import { type Items, noItems } from './items.ts';
import { createReader } from './reader.ts';
import { forgeTimeOf, loadAll, loadChanges } from './refresh.ts';
import { createStatuses, type Statuses } from './statuses.ts';

/** What no `since` query tells (a deleted item, an edited comment, a forge whose clock was set) is found by reading all anew this often. */
const reloadMs = 3_600_000;
/** Answers that cross on the wire may carry times out of order by this much. */
const clockStepMs = 5000;

/** What is known of one repository. Views of several agents in one process may look at the same one: each change is then read once. */
export interface Picture {
  /** For reading, with the account of whoever joined and is served. */
  readonly forge: Forge;
  /** Lets the picture be read with this account too. */
  join(forge: Forge): void;
  /**
   * Everything up to a moment not before this call. Who asks in the same turn shares the answer. Throws `ForgeError`, also when the
   * forge refuses the account that asks although others can read; the old state then stays.
   */
  refresh(by?: Forge): Promise<Items>;
  readonly details: Details;
  readonly statuses: Statuses;
  /** The item is read again by the next refresh. */
  forget(number: number): void;
  readonly hearing: Hearing;
  /** The next load reads everything. */
  distrust(): void;
}

/** How a picture that several look at paces its loads, in milliseconds: how long one waits for others to ask too, and how far apart they begin. */
export interface Pacing {
  readonly gatherMs: number;
  readonly apartMs: number;
}

interface Loader {
  readonly items: () => Items;
  /** What changed since the last load, or everything. */
  load(): Promise<Items>;
  distrust(): void;
}

interface LoaderDeps {
  readonly forge: Forge;
  readonly clock: Clock;
  readonly details: Details;
  readonly forgotten: ReturnType<typeof createForgotten>;
  readonly hearing: Hearing;
}

function createLoader({ forge, clock, details, forgotten, hearing }: LoaderDeps): Loader {
  const source = { forge, clock, patienceMs: hearing.patienceMs };
  let items: Items = noItems;
  let loadedAt: number | null = null;
  let forgeTime = Number.NEGATIVE_INFINITY;
  const isSetBack = (): boolean => forgeTimeOf(forge) < forgeTime - clockStepMs;
  const load = async (): Promise<Items> => {
    const handled = forgotten.take();
    const now = clock.monotonic();
    let everything = loadedAt === null || now - loadedAt >= reloadMs || isSetBack();
    let found = everything ? await loadAll(source, items) : await loadChanges(source, items, handled.numbers);
    // Only its answer tells that its clock was set back: what changed since then is older than what we asked for.
    if (!everything && isSetBack()) {
      everything = true;
      found = await loadAll(source, items);
    }
    items = found;
    if (everything) loadedAt = now;
    forgeTime = forgeTimeOf(forge);
    handled.done();
    details.refreshed(everything ? 'everything' : 'changes');
    return items;
  };
  const distrust = (): void => {
    loadedAt = null;
  };
  return { items: () => items, load, distrust };
}

export function createPicture({ forge: first, clock, pacing }: { readonly forge: Forge; readonly clock: Clock; readonly pacing?: Pacing }): Picture {
  const reader = createReader(first, clock);
  const { forge } = reader;
  const hearing = createHearing(clock);
  const details = createDetails(forge, clock, hearing);
  const forgotten = createForgotten();
  const { items, load, distrust } = createLoader({ forge, clock, details, forgotten, hearing });
  let begunAt = Number.NEGATIVE_INFINITY;
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<Items> | null = null;

  /** One event wakes several agents, one instant several schedules: all that ask in one turn are answered by one load. */
  const begin = async (): Promise<Items> => {
    await running.catch(() => 'told to those who asked for it');
    await (pacing === undefined ? nextTurn() : clock.sleep(Math.max(pacing.gatherMs, begunAt + pacing.apartMs - clock.monotonic())));
    next = null;
    begunAt = clock.monotonic();
    const loading = load();
    running = loading;
    return loading;
  };

  const refresh = (): Promise<Items> => (next ??= begin());
  const refreshBy = async (by: Forge): Promise<Items> => {
    const since = items().watermark ?? clock.now();
    // Whether a refused account is served again is known before it reads; the others need not be asked while nobody is served.
    if (reader.isRefused(by)) await reader.prove(by, since);
    const found = await refresh();
    await reader.prove(by, since);
    return found;
  };

  return {
    forge,
    join: reader.join,
    details,
    statuses: createStatuses(forge, clock),
    refresh: (by) => (by === undefined ? refresh() : refreshBy(by)),
    forget: (number) => {
      details.forget(number);
      forgotten.add(number);
    },
    hearing,
    distrust,
  };
}
