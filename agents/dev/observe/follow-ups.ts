import { z } from 'zod';
import type { Ports } from '#agent';
import type { Issue } from '#domain/issue';
import { dataOf } from '#domain/marker';
import { labels } from '#domain/name';
import type { People } from '#domain/people';

const FollowUp = z.object({ origin: z.literal('review') });

/** Follow-ups whose label somebody took off: theirs to decide, and not asked about again while this view lives. */
const leftAlone = new WeakMap<object, Set<number>>();

/**
 * Open issues that a review filed and that have no label: on a forge where the reviewer only reads, it may set none. One that ever
 * had the label is left as people want it. One call for each such issue.
 */
export async function unlabelledFollowUps({ forge, view }: Pick<Ports, 'forge' | 'view'>, people: People): Promise<readonly Issue[]> {
  const known = leftAlone.get(view) ?? new Set<number>();
  leftAlone.set(view, known);
  const found: Issue[] = [];
  for (const issue of view.issues.values()) {
    if (issue.state !== 'open' || issue.labels.size > 0 || known.has(issue.number) || !people.isAgent(issue.author)) continue;
    if (dataOf(issue.body, FollowUp) === null) continue;
    const had = (await forge.listTimeline(issue.number)).some((event) => event.label === labels.techDebt.name && event.added === true);
    if (had) known.add(issue.number);
    else found.push(issue);
  }
  return found;
}
