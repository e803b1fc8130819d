import type { World } from '../world.ts';

export interface ReviewRow {
  readonly id: number;
  readonly issue_id: number;
  readonly author_id: number;
  readonly state: 'APPROVED' | 'REQUEST_CHANGES' | 'COMMENT' | 'PENDING';
  readonly body: string;
  readonly commit_id: string;
  readonly official: number;
  readonly stale: number;
  readonly dismissed: number;
  readonly submitted_at: number;
  readonly updated_at: number;
}

export interface ReviewCommentRow {
  readonly id: number;
  readonly review_id: number;
  readonly path: string;
  readonly position: number;
  readonly old_position: number;
  readonly body: string;
  readonly commit_id: string;
  readonly diff_hunk: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export const listReviews = (world: World, issue: number): ReviewRow[] =>
  world.database.all<ReviewRow>('SELECT * FROM reviews WHERE issue_id = ? ORDER BY id', issue);

export const findReview = (world: World, issue: number, id: number): ReviewRow | undefined =>
  world.database.get<ReviewRow>('SELECT * FROM reviews WHERE issue_id = ? AND id = ?', issue, id);

export const commentsOfReview = (world: World, review: number): ReviewCommentRow[] =>
  world.database.all<ReviewCommentRow>('SELECT * FROM review_comments WHERE review_id = ? ORDER BY id', review);

/** Marks reviews of other heads stale, whatever they say, those of this head fresh again, and dismisses approvals where the branch's rule says so. */
export function reviewsMeetHead(world: World, issue: number, head: string, dismissApprovals: boolean): void {
  world.database.run('UPDATE reviews SET stale = (commit_id <> ?) WHERE issue_id = ?', head, issue);
  if (dismissApprovals) {
    world.database.run("UPDATE reviews SET dismissed = 1 WHERE issue_id = ? AND state = 'APPROVED' AND commit_id <> ?", issue, head);
  }
}
