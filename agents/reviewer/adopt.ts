import { z } from 'zod';
import { dataOf } from '#domain/marker';
import type { ReviewerPorts } from './observe.ts';

const Mark = z.object({ run: z.string() });
const adopted = new WeakMap<object, Set<number>>();

/**
 * A review that stands on the forge counts as a round, even when its run died before it could say so. Looks only at reviews
 * that the view already knows or that belong to open pull requests, each once.
 */
export async function adoptReviews(ports: ReviewerPorts): Promise<void> {
  const me = await ports.forge.me();
  const seen = adopted.get(ports.view) ?? new Set<number>();
  adopted.set(ports.view, seen);
  for (const pull of ports.view.pullRequests.values()) {
    if (pull.state !== 'open') continue;
    for (const review of await ports.view.reviews(pull.number)) {
      if (review.author !== me || seen.has(review.id)) continue;
      seen.add(review.id);
      const mark = dataOf(review.body, Mark);
      if (mark !== null) ports.ledger.sessions.accept(mark.run);
    }
  }
}
