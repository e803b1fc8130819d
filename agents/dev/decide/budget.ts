import { failuresSince } from '#domain/work-log';
import type { DevStep, Item } from '#dev/snapshot';

/** A failed session is tried again at most twice. */
const sessionTries = 3;

/** Words that count from here on: budgets start anew when a person or a condition un-parks an item (D5). */
export function budgetStart(item: Item): string {
  return item.park?.at ?? '';
}

/** True when the sessions of a task on this head failed as often as they may. */
export function isSpent(item: Item, task: string, head: string): boolean {
  return failuresSince(item.attempts, task, head, budgetStart(item)) >= sessionTries;
}

export function reviewIsSpent(failures: number): boolean {
  return failures >= sessionTries;
}

/** Parks for a task whose sessions failed too often, with the last reason. */
export function sessionFailed(item: Item, task: string, head: string): DevStep {
  const last = item.attempts.findLast((attempt) => attempt.task === task && attempt.head === head);
  return parkStep(item, 'session-failed', `${task} failed ${sessionTries} times, last: ${last?.why ?? 'unknown'}`);
}

/** A park that only a person ends. */
export function parkStep(item: Item, slug: string, prose: string, attempt = 0): DevStep {
  return { do: 'park', item, slug, prose, waitsFor: [], until: 'person', attempt };
}
