import type { Comment } from '#domain/issue';
import { readPark } from '#domain/park';
import type { People } from '#domain/people';
import type { View } from '#forge/view';

/**
 * When a maintainer last said something about a pull request, as ISO time, or its issue was un-parked, whichever is later; empty when
 * neither. What was given up before that is tried again: people answer where the park stands, which is on the issue.
 */
export async function resumedAt(view: Pick<View, 'comments'>, people: People, issue: number | null, comments: readonly Comment[]): Promise<string> {
  const said = comments.findLast((comment) => people.isMaintainer(comment.author))?.createdAt.toISOString() ?? '';
  const park = issue === null ? null : readPark(await view.comments(issue), people);
  const unparked = park === null || park.unparked === null ? '' : park.at;
  return said > unparked ? said : unparked;
}
