import { z } from 'zod';
import { readAssent } from './assent.ts';
import type { Comment } from './issue.ts';
import { dataMark, dataOf, keyOf } from './marker.ts';
import type { People } from './people.ts';
import type { Untrusted } from './untrusted.ts';

/**
 * A parked issue: work on it has stopped, visibly, with a reason that says what un-parks it. The record is one keyed comment
 * of the dev agent, edited in place; the label `blocked` mirrors it for people.
 */
export const Park = z.object({
  /** `untrusted-author`, `waits-for #3`, `needs-information`, `session-failed`, … */
  slug: z.string(),
  /** One line for people. */
  prose: z.string(),
  /** Null while parked; else what un-parked it. */
  unparked: z.string().nullable(),
  /** ISO time of the last change of this record, by our clock. */
  at: z.string(),
  /** Run that parked it. */
  run: z.string(),
  /** Highest comment or event id that was there when it was parked: only later words un-park. */
  seen: z.number(),
  /** Issues it waits for, if any. Kept after un-parking: a dependency that a session found still counts. */
  waitsFor: z.array(z.number()),
  /** What un-parks it by itself: those issues closed, or none of them parked; the named condition gone; or only a person. */
  until: z.enum(['closed', 'taken-up', 'condition', 'person']),
  /** Digest of the title and body that it was parked for, where a maintainer's approval is about them; else null. */
  text: z.string().nullable().default(null),
  /** Digest of the title and body that a maintainer let in although the author is an outsider; null when nobody did. */
  approvedText: z.string().nullable(),
  /** Commit that waits for approval under `refs/disinto/held/<issue>`, and where it would go. */
  held: z.object({ commit: z.string(), branch: z.string(), task: z.string() }).nullable(),
  /** Attempt (branch number) that is used up: the next one starts a new branch. 0 when none. */
  attempt: z.number(),
});
export type Park = z.infer<typeof Park>;

export const parkKey = 'park';

/** The reason as it is shown everywhere: `slug: prose`. */
export function parkReason(park: Pick<Park, 'slug' | 'prose'>): string {
  return `${park.slug}: ${park.prose}`;
}

/** The newest park record that one of our accounts wrote, active or not; null when there is none. */
export function readPark(comments: readonly Comment[], people: Pick<People, 'isAgent'>): Park | null {
  const own = comments.filter((comment) => people.isAgent(comment.author) && keyOf(comment.body) === parkKey);
  const last = own.at(-1);
  return last === undefined ? null : dataOf(last.body, Park);
}

/** Text of the keyed comment. `unparks` says what a person can do about it. */
export function renderPark(park: Park, unparks: string): string {
  const text =
    park.unparked === null
      ? `**Parked: \`${park.slug}\`**: ${park.prose}\n\n_What un-parks it:_ ${unparks}`
      : `Was parked as \`${park.slug}\` (${park.prose}). Un-parked: ${park.unparked}.`;
  return `${text}\n\n${dataMark(park)}`;
}

const byLabel = 'the label `backlog` set by one';
const byMaintainer = `a comment by a maintainer, or ${byLabel}`;

/** Whether what a maintainer wrote lets it go on. A question or a refusal approves nothing; to a change that is held, only a yes does. */
export function isReleasedBy(park: Pick<Park, 'slug' | 'held'>, words: Untrusted): boolean {
  if (park.held !== null) return readAssent(words) === 'yes';
  return park.slug !== 'untrusted-author' || readAssent(words) !== 'no';
}

/** What un-parks each kind of park, for people. */
export function unparksText(park: Pick<Park, 'slug' | 'waitsFor' | 'until'>): string {
  if (park.until === 'closed' || park.until === 'taken-up') {
    const list = park.waitsFor.map((n) => `#${n}`).join(', ');
    return `${list} being closed or taken up again (seen by itself), or ${byMaintainer}.`;
  }
  if (park.until === 'condition') return `the text of the issue being corrected (seen by itself), or ${byMaintainer}.`;
  if (park.slug === 'untrusted-author')
    return `a maintainer approves it as it is now: a comment of one (\`approved\`, say; a question or a no is none), or ${byLabel}.`;
  if (park.slug === 'protected-change')
    return `a maintainer approves exactly this change: a comment of one that begins with \`approved\` or says yes as plainly, or ${byLabel}.`;
  if (park.slug === 'needs-information') return `${byMaintainer}; the comment goes into the next attempt.`;
  return `${byMaintainer}.`;
}
