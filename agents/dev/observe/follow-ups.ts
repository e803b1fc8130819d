import { z } from 'zod';
import type { Ports } from '#agent';
import type { Issue } from '#domain/issue';
import { dataOf } from '#domain/marker';
import { labels } from '#domain/name';
import type { People } from '#domain/people';
import { ForgeError } from '#forge';

const FollowUp = z.object({ origin: z.literal('review') });

/** Follow-ups whose label somebody took off: theirs to decide, and not asked about again while this view lives. */
const leftAlone = new WeakMap<object, Set<number>>();

/**
 * An open issue that a review filed and that has no label: on a forge where the reviewer only reads, it may set none. One that ever had
 * the label is left as people want it. Costs a call for each such issue, up to the first that is found.
 */
export async function unlabelledFollowUp({ forge, view }: Pick<Ports, 'forge' | 'view'>, people: People): Promise<Issue | null> {
  const known = leftAlone.get(view) ?? new Set<number>();
  leftAlone.set(view, known);
  for (const issue of view.issues.values()) {
    if (issue.state !== 'open' || issue.labels.size > 0 || known.has(issue.number) || !people.isAgent(issue.author)) continue;
    if (dataOf(issue.body, FollowUp) === null) continue;
    const timeline = await forge.listTimeline(issue.number).catch(unlessGone);
    if (timeline?.every((event) => event.label !== labels.techDebt.name || event.added !== true) === true) return issue;
    known.add(issue.number);
  }
  return null;
}

/** An issue that was deleted is no reason to leave all others undone. */
function unlessGone(error: unknown): null {
  if (error instanceof ForgeError && error.kind === 'not-found') return null;
  throw error;
}
