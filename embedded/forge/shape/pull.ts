import { baseTip, mergeState } from '../rules/merge-state.ts';
import type { PullRow } from '../store/pull.ts';
import { repositoryRow, type RepositoryRow } from '../store/repository.ts';
import { commentsOfReview, listReviews, type ReviewCommentRow, type ReviewRow } from '../store/review.ts';
import { userById } from '../store/user.ts';
import { timeText } from '../world.ts';
import { issuePage, showIssueFields } from './issue.ts';
import { showRepository, showUser, showUserId } from './repository.ts';
import { type Json, type Shape } from './shape.ts';

export function showPull(shape: Shape, repository: RepositoryRow, pull: PullRow): Json {
  const page = issuePage(shape, repository, pull);
  const repo = showRepository(shape, repository);
  return {
    ...showIssueFields(shape, repository, pull),
    url: page,
    requested_reviewers: [],
    requested_reviewers_teams: [],
    draft: /^(?:wip:|\[wip\])/i.test(pull.title),
    review_comments: listReviews(shape.world, pull.id).reduce((total, review) => total + commentsOfReview(shape.world, review.id).length, 0),
    additions: pull.additions,
    deletions: pull.deletions,
    changed_files: pull.files,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    mergeable: pull.state === 'open' && mergeState(shape.world, pull).kind === 'clean',
    merged: pull.merged_at !== null,
    merged_at: timeText(pull.merged_at),
    merge_commit_sha: pull.merge_sha,
    merged_by: pull.merged_by === null ? null : showUserId(shape, pull.merged_by),
    allow_maintainer_edit: false,
    base: { label: pull.base, ref: pull.base, sha: baseTip(shape.world, pull), repo_id: repository.id, repo },
    head: showHead(shape, pull, repo),
    merge_base: pull.merge_base,
  };
}

/** Of a fork that was removed only the commits are left, under the number of the pull request. */
function showHead(shape: Shape, pull: PullRow, repo: Json): Json {
  const { head: label, head_sha: sha } = pull;
  if (pull.head_repo === null) return { label, ref: label, sha, repo_id: pull.repo_id, repo };
  const from = repositoryRow(shape.world, pull.head_repo);
  if (from === undefined) return { label, ref: `refs/pull/${pull.number}/head`, sha, repo_id: -1, repo: null };
  return { label, ref: label, sha, repo_id: from.id, repo: showRepository(shape, from) };
}

export function showReview(shape: Shape, repository: RepositoryRow, pull: PullRow, review: ReviewRow): Json {
  const page = issuePage(shape, repository, pull);
  return {
    id: review.id,
    user: showUser(shape, userById(shape.world, review.author_id)),
    team: null,
    state: review.state,
    body: review.body,
    commit_id: review.commit_id,
    stale: review.stale === 1,
    official: review.official === 1,
    dismissed: review.dismissed === 1,
    comments_count: commentsOfReview(shape.world, review.id).length,
    submitted_at: timeText(review.submitted_at),
    updated_at: timeText(review.updated_at),
    html_url: `${page}#pullrequestreview-${review.id}`,
    pull_request_url: page,
  };
}

export function showReviewComment(shape: Shape, repository: RepositoryRow, pull: PullRow, review: ReviewRow, comment: ReviewCommentRow): Json {
  const page = issuePage(shape, repository, pull);
  return {
    id: comment.id,
    body: comment.body,
    user: showUserId(shape, review.author_id),
    resolver: null,
    pull_request_review_id: review.id,
    created_at: timeText(comment.created_at),
    updated_at: timeText(comment.updated_at),
    path: comment.path,
    commit_id: comment.commit_id,
    original_commit_id: comment.commit_id,
    diff_hunk: comment.diff_hunk,
    position: comment.position,
    original_position: comment.old_position,
    html_url: `${page}#issuecomment-${comment.id}`,
    pull_request_url: page,
  };
}
