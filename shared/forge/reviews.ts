import type { Verdict } from '#domain/pull-request';
import { type Forge, ForgeError, type ReviewDraft } from '#forge';
import { textOf } from './http/failure.ts';
import { shownLines } from './diff/shown-lines.ts';
import { review, reviewComment } from './pull-schema.ts';
import type { Repository } from './repository.ts';

const events: Readonly<Record<Verdict, string>> = {
  approved: 'APPROVED',
  'changes-requested': 'REQUEST_CHANGES',
  commented: 'COMMENT',
};

type Outcome = { readonly kind: 'submitted' | 'own-pull-request' | 'not-open' } | { readonly kind: 'refused'; readonly why: string };

export function createReviews(repository: Repository): Pick<Forge, 'listReviews' | 'listReviewComments' | 'submitReview'> {
  const submit = async (number: number, draft: ReviewDraft): Promise<Outcome> => {
    const comments = draft.comments.map(({ path, line, body }) => ({ path, new_position: line, body }));
    const body = { event: events[draft.verdict], commit_id: draft.head, body: draft.body, comments };
    const path = `pulls/${number}/reviews`;
    const answer = await repository.send('POST', path, body, [422]);
    if (answer.status !== 422) {
      repository.parse('POST', path, answer, review);
      return { kind: 'submitted' };
    }
    return refusalOf(textOf(answer));
  };
  const submitLast = async (number: number, draft: ReviewDraft): ReturnType<Forge['submitReview']> => {
    const outcome = await submit(number, draft);
    if (outcome.kind !== 'refused') return outcome.kind;
    throw new ForgeError('invalid', `POST pulls/${number}/reviews: the forge refuses the review: ${outcome.why}`, { status: 422 });
  };
  return {
    listReviews: async (number) => {
      const found = await repository.list(`pulls/${number}/reviews`, review, { counting: 'filtered', idOf: (each) => each.id });
      return found.flatMap((each) => each.review ?? []).toSorted((a, b) => a.submittedAt.getTime() - b.submittedAt.getTime() || a.id - b.id);
    },
    listReviewComments: (number, id) => repository.listWhole(`pulls/${number}/reviews/${id}/comments`, reviewComment),
    submitReview: async (number, draft) => {
      if (draft.comments.length === 0) return submitLast(number, draft);
      // Asked first: a line that its file lacks is answered with 500, and the comments before it stay behind in a pending review.
      const diff = await repository.send('GET', `pulls/${number}.diff`, null);
      const onDiff = keepOnDiff(draft, diff.body);
      const first = await submit(number, onDiff);
      if (first.kind !== 'refused') return first.kind;
      return submitLast(number, moveToBody(draft, draft.comments));
    },
  };
}

function refusalOf(why: string): Outcome {
  if (/your own pull/i.test(why)) return { kind: 'own-pull-request' };
  return /closed|merged/i.test(why) ? { kind: 'not-open' } : { kind: 'refused', why };
}

/** Keeps the comments whose line the diff shows; the others go into the body, none is lost. */
function keepOnDiff(draft: ReviewDraft, diff: string): ReviewDraft {
  const shown = shownLines(diff);
  return moveToBody(
    draft,
    draft.comments.filter(({ path, line }) => shown.get(path)?.has(line) !== true),
  );
}

function moveToBody(draft: ReviewDraft, moved: ReviewDraft['comments']): ReviewDraft {
  if (moved.length === 0) return draft;
  const comments = draft.comments.filter((each) => !moved.includes(each));
  const list = moved.map(({ path, line, body }) => `- \`${path}:${line}\`: ${body.replaceAll('\n', '\n  ')}`);
  return { ...draft, comments, body: [draft.body, 'On lines outside the diff:', list.join('\n')].join('\n\n').trimStart() };
}
