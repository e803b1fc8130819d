import { seconds, type World } from '../world.ts';
import { touchIssue } from './issue.ts';

export type EventKind =
  | 'comment'
  | 'label'
  | 'close'
  | 'reopen'
  | 'pull_push'
  | 'review'
  | 'merge_pull'
  | 'delete_branch'
  | 'assignees'
  | 'pull_ref'
  | 'issue_ref'
  | 'comment_ref'
  | 'commit_ref'
  | 'change_title'
  | 'dismiss_review'
  | 'change_target_branch';

/** One entry of an issue's timeline; comments are entries of the kind `comment`. */
export interface EventRow {
  readonly id: number;
  readonly issue_id: number;
  readonly kind: EventKind;
  readonly author_id: number;
  readonly body: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly label_id: number | null;
  readonly label_name: string | null;
  readonly label_color: string | null;
  readonly assignee_id: number | null;
  readonly removed: number;
  readonly review_id: number | null;
  readonly ref_issue_id: number | null;
  readonly ref_comment_id: number | null;
  readonly ref_action: string;
  readonly ref_sha: string;
  readonly old_text: string;
  readonly new_text: string;
}

type Extra = Partial<Omit<EventRow, 'id' | 'issue_id' | 'kind' | 'author_id' | 'created_at' | 'updated_at'>>;

/** Appends to the timeline and moves the issue's `updated_at`, as every entry does. */
export function insertEvent(world: World, issue: number, kind: EventKind, author: number, extra: Extra = {}): number {
  const now = seconds(world);
  const { id } = world.database.run(
    `INSERT INTO events (issue_id, kind, author_id, body, created_at, updated_at, label_id, label_name, label_color, assignee_id, removed,
     review_id, ref_issue_id, ref_comment_id, ref_action, ref_sha, old_text, new_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    issue,
    kind,
    author,
    extra.body ?? '',
    now,
    now,
    extra.label_id ?? null,
    extra.label_name ?? null,
    extra.label_color ?? null,
    extra.assignee_id ?? null,
    extra.removed ?? 0,
    extra.review_id ?? null,
    extra.ref_issue_id ?? null,
    extra.ref_comment_id ?? null,
    extra.ref_action ?? '',
    extra.ref_sha ?? '',
    extra.old_text ?? '',
    extra.new_text ?? '',
  );
  touchIssue(world, issue);
  return id;
}

export const findEvent = (world: World, id: number): EventRow | undefined => world.database.get<EventRow>('SELECT * FROM events WHERE id = ?', id);
