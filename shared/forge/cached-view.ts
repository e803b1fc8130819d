import type { Clock } from '#clock';
import type { Issue } from '#domain/issue';
import type { PullRequest } from '#domain/pull-request';
import type { Forge } from '#forge';
import type { View } from '#forge/view';
import { createForgotten } from './picture/forgotten.ts';
import { type Items, itemOf, noItems } from './picture/items.ts';
import { createPicture, type Picture } from './picture/picture.ts';

/**
 * A `View` of a picture: what it showed at this view's own last refresh stays, whatever others refresh meanwhile. An idle refresh
 * is one request. The forge stamps changes with whole seconds, so what was read within the second of a change is read once more
 * when that second is over, or half a minute later where webhooks tell; a change in that very second is not lost.
 */
export function createView(options: {
  readonly forge: Forge;
  readonly clock: Clock;
  /** To be shared with other views; its own by default. */ readonly picture?: Picture;
}): View {
  const picture = options.picture ?? createPicture(options);
  picture.join(options.forge);
  const { forge, details, statuses } = picture;
  const forgotten = createForgotten();
  let items: Items = noItems;
  let pullRequests: ReadonlyMap<number, PullRequest> = new Map();

  const refresh = async (): Promise<void> => {
    const handled = forgotten.take();
    items = await picture.refresh(options.forge);
    pullRequests = new Map([...items.pullRequests].map(([number, entry]) => [number, entry.pullRequest]));
    handled.done();
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
    lookedAt: statuses.lookedAt,
    forget: (what) => {
      if ('head' in what) return statuses.forget(what.head);
      picture.forget(what.number);
      forgotten.add(what.number);
    },
    checkStarted: statuses.started,
    heard: picture.hearing.heard,
    hears: picture.hearing.hears,
    distrust: picture.distrust,
  };
}
