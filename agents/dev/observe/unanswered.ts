import { reviewsOfCause } from '#dev/review-cause';
import type { Round, Unanswered } from '#dev/snapshot';
import type { Comment } from '#domain/issue';
import { keyOf } from '#domain/marker';
import type { People } from '#domain/people';
import type { Review } from '#domain/pull-request';

/** Addressed reviews of a pull request without a reply of ours. */
export function unansweredReviews(rounds: readonly Round[], reviews: readonly Review[], comments: readonly Comment[], people: People): readonly Unanswered[] {
  const replies = new Set(comments.filter((comment) => people.isAgent(comment.author)).map((comment) => keyOf(comment.body)));
  return rounds
    .filter((round) => round.task === 'address-review')
    .flatMap((round) =>
      reviewsOfCause(round.cause).flatMap((id) => {
        const review = reviews.find((each) => each.id === id);
        return review === undefined || replies.has(`reply-${id}`) ? [] : [{ review: id, from: review.head, round }];
      }),
    );
}
