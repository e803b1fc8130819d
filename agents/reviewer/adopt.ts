import { z } from 'zod';
import { dataOf } from '#domain/marker';
import { readWorkLog } from '#domain/work-log';
import type { ReviewerPorts } from './observe.ts';

const Mark = z.object({ run: z.string() });
const adopted = new WeakMap<object, Set<number>>();

/**
 * What stands on the forge counts, even when its run died before it could say so: a review is a round, a failure in the work log
 * is a failed session. Looks only at open pull requests.
 */
export async function adoptReviews(ports: ReviewerPorts): Promise<void> {
  const me = await ports.forge.me();
  const seen = adopted.get(ports.view) ?? new Set<number>();
  adopted.set(ports.view, seen);
  for (const pull of ports.view.pullRequests.values()) {
    if (pull.state !== 'open') continue;
    const comments = pull.comments > 0 ? await ports.view.comments(pull.number) : [];
    for (const attempt of readWorkLog(comments, me)) ports.ledger.sessions.confirmFailed(attempt.run);
    for (const review of await ports.view.reviews(pull.number)) {
      if (review.author !== me || seen.has(review.id)) continue;
      seen.add(review.id);
      const mark = dataOf(review.body, Mark);
      if (mark !== null) ports.ledger.sessions.accept(mark.run);
    }
  }
}
