import { mayReopen } from './head.ts';
import { recordMentions } from './reference.ts';
import { notifyComment, notifyIssue } from './notify.ts';
import { insertEvent, findEvent, type EventRow } from '../store/event.ts';
import { insertIssue, issueById, touchIssue, type IssueRow } from '../store/issue.ts';
import { repositoryById, type RepositoryRow } from '../store/repository.ts';
import { findUser, type UserRow } from '../store/user.ts';
import { invalid } from '../refused.ts';
import { seconds, type World } from '../world.ts';
import type { LabelRow } from '../store/label.ts';

/** Opens an issue with its labels and assignees, and tells the hooks. */
export function openIssue(
  world: World,
  repository: RepositoryRow,
  author: UserRow,
  draft: { title: string; body: string; labels: readonly LabelRow[]; assignees: readonly string[] },
): IssueRow {
  if (draft.title === '') throw invalid('title is empty');
  const issue = world.database.transaction(() => {
    const row = insertIssue(world, { repository: repository.id, author: author.id, title: draft.title, body: draft.body, pull: false });
    changeLabels(world, row, author, { add: draft.labels, remove: [] });
    changeAssignees(world, row, author, draft.assignees);
    recordMentions(world, repository, row, draft.body, author, null);
    return row;
  });
  notifyIssue(world, issue.id, author, 'state', 'opened');
  return issueById(world, issue.id);
}

/** Closes or reopens; nothing happens when it is so already. */
export function setState(world: World, issue: IssueRow, doer: UserRow, state: 'open' | 'closed'): void {
  if (issue.state === state) return;
  if (issue.pull === 1 && state === 'open') mayReopen(world, issue.id);
  world.database.transaction(() => {
    const now = seconds(world);
    world.database.run('UPDATE issues SET state = ?, closed_at = ? WHERE id = ?', state, state === 'closed' ? now : null, issue.id);
    insertEvent(world, issue.id, state === 'closed' ? 'close' : 'reopen', doer.id);
  });
  notifyIssue(world, issue.id, doer, 'state', state === 'closed' ? 'closed' : 'reopened');
}

/** Changes title and body; null leaves a field as it is. */
export function editText(world: World, issue: IssueRow, doer: UserRow, text: { title: string | null; body: string | null }): void {
  // An empty one changes nothing; one of blanks is a title.
  const title = text.title || issue.title;
  const body = text.body ?? issue.body;
  if (title === issue.title && body === issue.body) return;
  world.database.transaction(() => {
    world.database.run('UPDATE issues SET title = ?, body = ? WHERE id = ?', title, body, issue.id);
    touchIssue(world, issue.id);
    if (title !== issue.title) insertEvent(world, issue.id, 'change_title', doer.id, { old_text: issue.title, new_text: title });
    if (body !== issue.body) recordMentions(world, repositoryById(world, issue.repo_id), issue, body, doer, null);
  });
  notifyIssue(world, issue.id, doer, 'state', 'edited');
}

/** Adds and removes labels, with one timeline entry for each real change. Answers whether anything changed. */
export function changeLabels(world: World, issue: IssueRow, doer: UserRow, change: { add: readonly LabelRow[]; remove: readonly LabelRow[] }): boolean {
  return world.database.transaction(() => {
    const entry = (label: LabelRow, body: string): void => {
      insertEvent(world, issue.id, 'label', doer.id, { body, label_id: label.id, label_name: label.name, label_color: label.color });
    };
    const removed = change.remove.filter(
      (label) => world.database.run('DELETE FROM issue_labels WHERE issue_id = ? AND label_id = ?', issue.id, label.id).changes > 0,
    );
    const added = change.add.filter(
      (label) => world.database.run('INSERT OR IGNORE INTO issue_labels (issue_id, label_id) VALUES (?, ?)', issue.id, label.id).changes > 0,
    );
    for (const label of removed) entry(label, '');
    for (const label of added) entry(label, '1');
    return removed.length + added.length > 0;
  });
}

/** Makes exactly these the assignees: the last writer wins. */
export function changeAssignees(world: World, issue: IssueRow, doer: UserRow, logins: readonly string[]): { added: number; removed: number } {
  const wanted = logins.map((login) => {
    const user = findUser(world, login);
    if (user === undefined) throw invalid(`Assignee does not exist: [name: ${login}]`);
    return user;
  });
  return world.database.transaction(() => {
    const before = world.database.all<{ user_id: number }>('SELECT user_id FROM issue_assignees WHERE issue_id = ?', issue.id).map((row) => row.user_id);
    const after = new Set(wanted.map((user) => user.id));
    const removed = before.filter((user) => !after.has(user));
    const added = [...after].filter((user) => !before.includes(user));
    for (const user of removed) {
      world.database.run('DELETE FROM issue_assignees WHERE issue_id = ? AND user_id = ?', issue.id, user);
      insertEvent(world, issue.id, 'assignees', doer.id, { assignee_id: user, removed: 1 });
    }
    for (const user of added) {
      world.database.run('INSERT INTO issue_assignees (issue_id, user_id) VALUES (?, ?)', issue.id, user);
      insertEvent(world, issue.id, 'assignees', doer.id, { assignee_id: user });
    }
    return { added: added.length, removed: removed.length };
  });
}

export function addComment(world: World, repository: RepositoryRow, issue: IssueRow, author: UserRow, body: string): EventRow {
  const id = world.database.transaction(() => {
    const made = insertEvent(world, issue.id, 'comment', author.id, { body });
    recordMentions(world, repository, issue, body, author, made);
    return made;
  });
  const comment = findEvent(world, id);
  if (comment === undefined) throw new Error('the comment vanished while it was made');
  notifyComment(world, repository, issueById(world, issue.id), comment, author, 'created');
  return comment;
}
