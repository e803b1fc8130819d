import type { People } from './people.ts';
import type { Review } from './pull-request.ts';
import type { Sha } from './sha.ts';

/** What the reviews say about one head, derived from one list (M9), stale and dismissed ones left out (M10). */
export interface ReviewState {
  /** `changes-requested` by anybody whose word counts wins over every approval. */
  readonly verdict: 'none' | 'approved' | 'changes-requested';
  /** Forge ids of the reviews of this head that asked for changes. */
  readonly asked: readonly number[];
  /** The approval a merge can rest on, or null. */
  readonly approval: Review | null;
}

/**
 * `reviewers`: logins of our reviewing agents. An approval counts for exactly the head it names, and never by the author of
 * the change (§9.4: approval by anyone, verdict from any text).
 */
export function reviewState(
  reviews: readonly Review[],
  head: Sha,
  author: string,
  who: { readonly reviewers: ReadonlySet<string>; readonly people: People },
): ReviewState {
  const latest = new Map<string, Review>();
  for (const review of reviews) {
    if (review.dismissed || review.stale || review.head !== head || review.verdict === 'commented') continue;
    if (!who.reviewers.has(review.author) && !who.people.isMaintainer(review.author)) continue;
    if (review.author === author) continue;
    const known = latest.get(review.author);
    if (known === undefined || review.id > known.id) latest.set(review.author, review);
  }
  const all = [...latest.values()];
  const asked = all.filter((review) => review.verdict === 'changes-requested').map((review) => review.id);
  const approval = all.find((review) => review.verdict === 'approved') ?? null;
  if (asked.length > 0) return { verdict: 'changes-requested', asked, approval: null };
  return { verdict: approval === null ? 'none' : 'approved', asked, approval };
}
