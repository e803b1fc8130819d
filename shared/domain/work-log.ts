import { z } from 'zod';
import type { Comment } from './issue.ts';
import { dataMark, dataOf, keyOf } from './marker.ts';

/**
 * Attempts that left nothing on the forge (a session that failed), as one keyed comment of the agent that made them. With the
 * trailers of commits and the reviews of a pull request it is all that the retry budgets need, so a lost ledger resets none.
 */
export const Attempt = z.object({
  task: z.string(),
  run: z.string(),
  /** ISO time, by our clock. */
  at: z.string(),
  /** What was worked on: head commit of the pull request, or empty for a first implementation. */
  head: z.string(),
  error: z.string(),
  why: z.string(),
});
export type Attempt = z.infer<typeof Attempt>;

const WorkLog = z.object({ attempts: z.array(Attempt) });

export const workLogKey = 'work-log';
const kept = 30;

/** Failed attempts recorded by `author`, oldest first; empty when there is no log. */
export function readWorkLog(comments: readonly Comment[], author: string): readonly Attempt[] {
  const own = comments.filter((c) => c.author.toLowerCase() === author.toLowerCase() && keyOf(c.body) === workLogKey);
  const last = own.at(-1);
  return last === undefined ? [] : (dataOf(last.body, WorkLog)?.attempts ?? []);
}

/** Text of the keyed comment; the oldest attempts fall out beyond 30. */
export function renderWorkLog(attempts: readonly Attempt[]): string {
  const last = attempts.slice(-kept);
  const rows = last.map((a) => `| ${a.at} | ${a.task} | ${a.error} | ${a.why.replaceAll('|', '\\|')} |`);
  return [
    'Sessions that failed (each is tried again at most twice):',
    '',
    '| when | task | error | why |',
    '|---|---|---|---|',
    ...rows,
    '',
    dataMark({ attempts: last }),
  ].join('\n');
}

/** Failures of a task in a row that count against its budget: after `since` (the last un-parking or accepted round). */
export function failuresSince(attempts: readonly Attempt[], task: string, head: string, since: string): number {
  return attempts.filter((a) => a.task === task && a.head === head && a.at > since).length;
}
