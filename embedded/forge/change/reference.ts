import { mentionsIn } from '../rules/mention.ts';
import { insertEvent } from '../store/event.ts';
import { findIssue, type IssueRow } from '../store/issue.ts';
import type { RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

/** Writes an entry into the timeline of every issue that a text names, once per text. Call inside a transaction. */
export function recordMentions(world: World, repository: RepositoryRow, from: IssueRow, text: string, author: UserRow, comment: number | null): void {
  const { named, closes } = mentionsIn(text, `${repository.owner}/${repository.name}`);
  const kind = comment !== null ? 'comment_ref' : from.pull === 1 ? 'pull_ref' : 'issue_ref';
  for (const number of named) {
    const target = findIssue(world, repository.id, number);
    if (target === undefined || target.id === from.id) continue;
    const known = world.database.get(
      'SELECT id FROM events WHERE issue_id = ? AND kind = ? AND ref_issue_id = ? AND ref_comment_id IS ?',
      target.id,
      kind,
      from.id,
      comment,
    );
    if (known !== undefined) continue;
    const action = from.pull === 1 && closes.has(number) ? 'closes' : 'none';
    insertEvent(world, target.id, kind, author.id, { ref_issue_id: from.id, ref_comment_id: comment, ref_action: action });
  }
}
