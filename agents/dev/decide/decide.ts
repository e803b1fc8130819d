import { labels } from '#domain/name';
import { isSpent, sessionFailed } from './budget.ts';
import { decideWork } from './work.ts';
import type { Park } from '#domain/park';
import type { DevSnapshot, DevStep, Item } from '#dev/snapshot';

/**
 * The one next step. Pure. Order: people first (what they released, closed or took), then visibility (parks and labels), then work in
 * flight (oldest first), then new work by tier and age. Whatever waits, waits without holding up anything else (I2, C9).
 */
export function decideDevStep(seen: DevSnapshot): DevStep {
  return (
    first(seen.stray, (pullRequest) => ({ do: 'drop', pullRequest, why: 'its issue was closed' })) ??
    first(seen.items, released) ??
    first(seen.items, (item) => needsPark(item, seen.limits)) ??
    (seen.unlabelled === null ? null : ({ do: 'label-follow-up', issue: seen.unlabelled } as const)) ??
    first(inFlight(seen), (item) => decideWork(item, seen.limits)) ??
    decideNew(seen)
  );
}

function first<T>(items: readonly T[], decide: (item: T) => DevStep | null): DevStep | null {
  for (const item of items) {
    const step = decide(item);
    if (step !== null) return step;
  }
  return null;
}

function isParked(item: Item): boolean {
  return item.park !== null && item.park.unparked === null;
}

/** A parked issue goes on when a maintainer said so, or when the condition it waits for came true. */
function released(item: Item): DevStep | null {
  const { park } = item;
  if (park === null || park.unparked !== null) return null;
  // Whether it was approved before or after the change, nobody can tell: so it is asked for once more.
  if (item.edited) return { ...parkUntrusted(item), prose: 'its text was changed since it was parked here' };
  if (item.released !== null) {
    return park.held === null ? { do: 'un-park', item, by: item.released } : { do: 'publish-held', item };
  }
  const by = conditionMet(item, park);
  if (by !== null) return { do: 'un-park', item, by };
  return item.mirrored ? null : { do: 'mirror-park', item, park };
}

function conditionMet(item: Item, park: Park): string | null {
  const waiting = item.waitsFor.filter((dep) => park.waitsFor.includes(dep.number));
  switch (park.until) {
    case 'person':
      return null;
    case 'closed':
      return waiting.length === 0 ? 'what it waited for is closed' : null;
    case 'taken-up':
      if (waiting.length === 0) return 'what it waited for is closed';
      return waiting.some((dep) => dep.state === 'parked') ? null : 'what it waits for goes on';
    case 'condition':
      return item.cycle === null && item.waitsFor.every((dep) => dep.state !== 'missing') ? 'the text of the issue was corrected' : null;
  }
}

/** Issues that must not be worked, each with a visible reason (D12, C14: checked at every scan). */
function needsPark(item: Item, limits: DevSnapshot['limits']): DevStep | null {
  if (isParked(item) || !isQueued(item, limits)) return null;
  const park = (slug: string, prose: string, until: Park['until'], waitsFor: readonly number[] = []): DevStep => ({
    do: 'park',
    item,
    slug,
    prose,
    waitsFor,
    until,
    attempt: 0,
  });
  if (!item.trusted) return parkUntrusted(item);
  if (item.work !== null) return null;
  if (item.cycle !== null)
    return park('dependency-cycle', `${[...item.cycle, item.cycle[0]].map((n) => `#${n}`).join(' → ')} wait for each other`, 'condition');
  const missing = item.waitsFor.find((dep) => dep.state === 'missing');
  if (missing !== undefined) return park('missing-dependency', `#${missing.number} does not exist`, 'condition');
  const parked = item.waitsFor.filter((dep) => dep.state === 'parked').map((dep) => dep.number);
  if (parked.length > 0)
    return park(
      `waits-for #${parked[0]}`,
      `it depends on ${parked.map((n) => `#${n}`).join(', ')}, which ${parked.length > 1 ? 'are' : 'is'} parked`,
      'taken-up',
      parked,
    );
  return null;
}

const parkUntrusted = (item: Item): Extract<DevStep, { do: 'park' }> => ({
  do: 'park',
  item,
  slug: 'untrusted-author',
  prose: `@${item.issue.author} is not a maintainer of this repository`,
  waitsFor: [],
  until: 'person',
  attempt: 0,
});

/** The backlog, plus every issue of an outsider: those are parked whatever their labels, unless the policy leaves them alone. */
function isQueued(item: Item, limits: DevSnapshot['limits']): boolean {
  const { labels: set } = item.issue;
  if (!item.trusted && item.park === null && limits.outsiders === 'park') return true;
  return set.has(labels.backlog.name) || set.has(labels.inProgress.name) || item.work !== null;
}

function inFlight(seen: DevSnapshot): readonly Item[] {
  return seen.items.filter((item) => item.work !== null && item.owner !== 'person' && item.owner !== 'other-agent' && !isParked(item));
}

function decideNew(seen: DevSnapshot): DevStep {
  const ready = seen.items.filter((item) => isReady(item));
  const exhausted = ready.find((item) => isSpent(item, 'implement', ''));
  if (exhausted !== undefined) return sessionFailed(exhausted, 'implement', '');
  const [pick] = ready.toSorted(byTierAndAge);
  const open = inFlight(seen).length;
  if (pick !== undefined && open < seen.limits.openPullRequests) return { do: 'implement', item: pick, attempt: pick.nextAttempt };
  if (pick !== undefined) return { do: 'wait', reason: `${open} own pull requests are open, the limit is ${seen.limits.openPullRequests}` };
  if (open > 0) return { do: 'wait', reason: unreadOf(seen) ?? `${open} pull requests wait for checks, review or merge` };
  return { do: 'nothing', reason: 'the backlog has nothing that is ready' };
}

/** Of pull requests that wait, the one that waits for something a person may have to mend. */
function unreadOf(seen: DevSnapshot): string | null {
  const unread = seen.items.flatMap(({ work }) => (work === null || work.unread === null ? [] : [`#${work.pullRequest.number}: ${work.unread}`]));
  return unread[0] ?? null;
}

function isReady(item: Item): boolean {
  if (isParked(item) || !item.trusted || item.work !== null || item.waitsFor.length > 0 || item.cycle !== null) return false;
  if (item.landed && !item.issue.labels.has(labels.backlog.name)) return false;
  const { labels: set, assignees } = item.issue;
  if (set.has(labels.backlog.name)) return item.owner === 'me' || item.owner === 'nobody';
  if (!set.has(labels.inProgress.name)) return false;
  // C8: an agent's name on it without a living claim is work that nobody does any more.
  return item.owner === 'me' || (item.owner === 'nobody' && assignees.length > 0);
}

/** What I had begun first (C13), then the priority tier, then first in, first out (C17). */
function byTierAndAge(a: Item, b: Item): number {
  const tier = (item: Item): number =>
    item.owner === 'me' && item.issue.labels.has(labels.inProgress.name) ? 0 : item.issue.labels.has(labels.priority.name) ? 1 : 2;
  return tier(a) - tier(b) || a.issue.number - b.issue.number;
}
