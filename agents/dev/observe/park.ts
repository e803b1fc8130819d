import { createHash } from 'node:crypto';
import type { Comment, Issue } from '#domain/issue';
import { labels } from '#domain/name';
import { isReleasedBy, type Park } from '#domain/park';
import type { People } from '#domain/people';
import type { TimelineEvent } from '#forge';

/** The labels of an issue say that it is parked, and it is not mine any more. */
export function isMirrored(issue: Issue, me: string): boolean {
  return (
    !issue.assignees.includes(me) &&
    issue.labels.has(labels.blocked.name) &&
    !issue.labels.has(labels.backlog.name) &&
    !issue.labels.has(labels.inProgress.name)
  );
}

/**
 * What a maintainer did after an issue was parked that lets it go on: a comment (where something is to be approved: one that does), or the label `backlog` set or `blocked`
 * taken off. `timeline` is only needed (and only read) when the labels do not show the park.
 */
export function releasedBy(park: Park, comments: readonly Comment[], timeline: readonly TimelineEvent[], people: People): string | null {
  const comment = comments.find((c) => c.id > park.seen && people.isMaintainer(c.author) && isReleasedBy(park, c.body));
  if (comment !== undefined) return `comment by @${comment.author}`;
  const labelled = timeline.find(
    (event) =>
      event.id > park.seen &&
      !people.isAgent(event.actor) &&
      ((event.label === labels.backlog.name && event.added === true) || (event.label === labels.blocked.name && event.added === false)),
  );
  return labelled === undefined ? null : `label \`${labelled.label}\` by @${labelled.actor}`;
}

/** Digest of what a maintainer let in: an edit by the outsider afterwards voids it. */
export function textDigest(issue: Pick<Issue, 'title' | 'body'>): string {
  return createHash('sha256').update(issue.title).update('\0').update(issue.body).digest('hex').slice(0, 32);
}
