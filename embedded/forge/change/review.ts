import { records, needText, text, whole, type Input } from '../fields.ts';
import { resolveCommit } from '../git/commit.ts';
import { countLines, diffHunk } from '../git/diff.ts';
import { invalid, stumbled } from '../refused.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { countsAsOfficial, protectionOf } from '../rules/protection.ts';
import { insertEvent } from '../store/event.ts';
import { pullById, type PullRow } from '../store/pull.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { findReview, type ReviewRow } from '../store/review.ts';
import type { UserRow } from '../store/user.ts';
import { seconds, type World } from '../world.ts';

interface ReviewTarget {
  readonly repository: RepositoryRow;
  readonly pull: PullRow;
  readonly folder: string;
}

const states: Readonly<Record<string, ReviewRow['state']>> = {
  APPROVED: 'APPROVED',
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'REQUEST_CHANGES',
  COMMENT: 'COMMENT',
  PENDING: 'PENDING',
  '': 'PENDING',
};

interface Inline {
  readonly path: string;
  readonly line: number;
  readonly oldLine: number;
  readonly body: string;
  readonly hunk: string;
}

interface Draft {
  readonly state: ReviewRow['state'];
  readonly body: string;
  readonly commit: string;
  readonly comments: readonly Inline[];
}

/** The state that an event of the interface means, if this account may give it here now. */
export function judgedState(target: Pick<ReviewTarget, 'pull'>, user: UserRow, event: string, body: string, comments: number): ReviewRow['state'] {
  const state = states[event.toUpperCase()];
  if (state === undefined) throw invalid(`unknown review event: ${event}`);
  const own = user.id === target.pull.author_id;
  if (state === 'APPROVED' && own) throw invalid('approve your own pull is not allowed');
  if (state === 'REQUEST_CHANGES' && own) throw invalid('reject your own pull is not allowed');
  if (target.pull.state === 'closed' && state !== 'COMMENT') throw invalid("can't submit a review for a closed pull request");
  if (body.trim() === '' && comments === 0 && (state === 'COMMENT' || state === 'REQUEST_CHANGES')) throw invalid('review event needs a body');
  return state;
}

/** Reads and judges what a request wants to say; off-diff comments are kept, with an empty hunk. */
export async function readDraft(world: World, target: ReviewTarget, user: UserRow, input: Input): Promise<Draft> {
  const { folder, pull } = target;
  const body = text(input, 'body') ?? '';
  const wanted = records(input, 'comments') ?? [];
  const state = judgedState(target, user, text(input, 'event') ?? '', body, wanted.length);
  const named = text(input, 'commit_id') ?? '';
  const commit = named === '' || named === pull.head_sha ? pull.head_sha : await resolveCommit(world.git, folder, named);
  // A verdict on a commit that the forge does not have; a mere comment on it is taken as it is.
  if (commit === null && state !== 'COMMENT') throw stumbled();
  const at = commit ?? named;
  const comments = await Promise.all(wanted.map((comment) => readInline(world, target, at, comment)));
  return { state, body, commit: at, comments };
}

async function readInline(world: World, { folder, pull }: ReviewTarget, commit: string, input: Input): Promise<Inline> {
  const path = needText(input, 'path');
  const line = whole(input, 'new_position') ?? 0;
  const hunk = line > 0 ? await diffHunk(world.git, folder, { from: pull.merge_base, to: commit, path, line }) : '';
  // The real forge looks for who wrote the line: a file that is not there is fine, one that is too short is not.
  if (hunk === '' && line > ((await countLines(world.git, folder, pull.head_sha, path)) ?? line)) throw stumbled();
  return { path, line, oldLine: whole(input, 'old_position') ?? 0, body: needText(input, 'body'), hunk };
}

/** Writes the review; an approval or rejection that counts takes the place of the account's earlier ones. */
export function insertReview(world: World, { repository, pull }: ReviewTarget, user: UserRow, draft: Draft): ReviewRow {
  const verdict = draft.state === 'APPROVED' || draft.state === 'REQUEST_CHANGES';
  const writes = reaches(accessOf(world, repository, user), 'write');
  const official = verdict && countsAsOfficial(protectionOf(world, repository.id, pull.base), user, writes);
  return world.database.transaction(() => {
    const now = seconds(world);
    if (verdict) world.database.run('UPDATE reviews SET official = 0 WHERE issue_id = ? AND author_id = ?', pull.id, user.id);
    const stale = verdict && draft.commit !== pullById(world, pull.id).head_sha;
    const { id } = world.database.run(
      'INSERT INTO reviews (issue_id, author_id, state, body, commit_id, official, stale, dismissed, submitted_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)',
      pull.id,
      user.id,
      draft.state,
      draft.body,
      draft.commit,
      official ? 1 : 0,
      stale ? 1 : 0,
      now,
      now,
    );
    for (const comment of draft.comments) {
      world.database.run(
        'INSERT INTO review_comments (review_id, path, position, old_position, body, commit_id, diff_hunk, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        comment.path,
        comment.line,
        comment.oldLine,
        comment.body,
        draft.commit,
        comment.hunk,
        now,
        now,
      );
    }
    if (draft.state !== 'PENDING') insertEvent(world, pull.id, 'review', user.id, { review_id: id, body: draft.body });
    const review = findReview(world, pull.id, id);
    if (review === undefined) throw new Error('the review vanished while it was made');
    return review;
  });
}

/** Gives a pending review its verdict. */
export function submitReview(
  world: World,
  { repository, pull }: ReviewTarget,
  user: UserRow,
  review: ReviewRow,
  verdict: Pick<ReviewRow, 'state' | 'body'>,
): ReviewRow {
  const { state, body } = verdict;
  const writes = reaches(accessOf(world, repository, user), 'write');
  const official = state !== 'COMMENT' && countsAsOfficial(protectionOf(world, repository.id, pull.base), user, writes);
  const stale = state !== 'COMMENT' && review.commit_id !== pull.head_sha;
  const now = seconds(world);
  world.database.transaction(() => {
    if (state !== 'COMMENT') world.database.run('UPDATE reviews SET official = 0 WHERE issue_id = ? AND author_id = ?', pull.id, user.id);
    world.database.run(
      'UPDATE reviews SET state = ?, body = ?, official = ?, stale = ?, submitted_at = ?, updated_at = ? WHERE id = ?',
      state,
      body,
      official ? 1 : 0,
      stale ? 1 : 0,
      now,
      now,
      review.id,
    );
    insertEvent(world, pull.id, 'review', user.id, { review_id: review.id, body });
  });
  return findReview(world, pull.id, review.id) ?? review;
}
