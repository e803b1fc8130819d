import type { Clock } from '#clock';
import type { Issue } from '#domain/issue';
import type { PullRequest } from '#domain/pull-request';
import type { Forge } from '#forge';
import type { View } from '#forge/view';
import { createDetails } from './picture/details.ts';
import { type Items, itemOf, noItems } from './picture/items.ts';
import { forgeTimeOf, loadAll, loadChanges } from './picture/refresh.ts';
import { createStatuses } from './picture/statuses.ts';

/** What no `since` query tells (a deleted item, an edited comment, a forge whose clock was set) is found by reading all anew this often. */
const reloadMs = 3_600_000;
/** Answers that cross on the wire may carry times out of order by this much. */
const clockStepMs = 5000;

/**
 * A `View` over one forge. An idle refresh is one request. The forge stamps changes with whole seconds, so what was read within the
 * second of a change is read once more after the next refresh; a change in that very second is not lost.
 */
export function createView({ forge, clock }: { readonly forge: Forge; readonly clock: Clock }): View {
  const details = createDetails(forge);
  const statuses = createStatuses(forge, clock);
  const forgotten = new Set<number>();
  let items: Items = noItems;
  let pullRequests: ReadonlyMap<number, PullRequest> = new Map();
  let loadedAt: number | null = null;
  let forgeTime = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;

  const load = async (): Promise<void> => {
    const handled = new Set(forgotten);
    const now = clock.monotonic();
    const reload = loadedAt === null || now - loadedAt >= reloadMs || forgeTimeOf(forge) < forgeTime - clockStepMs;
    const next = reload ? await loadAll({ forge, clock }, items) : await loadChanges({ forge, clock }, items, handled);
    items = next;
    pullRequests = new Map([...next.pullRequests].map(([number, entry]) => [number, entry.pullRequest]));
    if (reload) loadedAt = now;
    forgeTime = forgeTimeOf(forge);
    for (const number of handled) forgotten.delete(number);
    details.refreshed(reload ? 'everything' : 'changes');
  };
  const refresh = (): Promise<void> => {
    running ??= load().finally(() => {
      running = null;
    });
    return running;
  };
  const ask = <T>(number: number, what: string, question: () => Promise<T>): Promise<T> =>
    details.get(number, what, itemOf(items, number)?.updatedAt ?? null, question);

  const issue = (number: number): Promise<Issue | null> => {
    const known = forgotten.has(number) ? undefined : items.issues.get(number);
    return known === undefined ? ask(number, 'issue', () => forge.findIssue(number)) : Promise.resolve(known);
  };
  const saysNone = (number: number): boolean => !forgotten.has(number) && itemOf(items, number)?.comments === 0;

  return {
    refresh,
    get issues() {
      return items.issues;
    },
    get pullRequests() {
      return pullRequests;
    },
    issue,
    comments: async (number) => (saysNone(number) ? [] : ask(number, 'comments', () => forge.listComments(number))),
    reviews: (number) => ask(number, 'reviews', () => forge.listReviews(number)),
    reviewComments: (number, review) => ask(number, `review ${review}`, () => forge.listReviewComments(number, review)),
    statuses: statuses.get,
    forget: (what) => {
      if ('head' in what) return statuses.forget(what.head);
      details.forget(what.number);
      forgotten.add(what.number);
    },
  };
}
