import { z } from 'zod';
import type { Comment } from '#domain/issue';
import { dataMark, dataOf, keyOf } from '#domain/marker';
import { asSha, type Sha } from '#domain/sha';

/** What the merger tells the author of a pull request about one head: a keyed comment, edited in place. */
export const MergeReport = z.discriminatedUnion('kind', [
  /** The forge refuses the merge and asking again does not help (M3). */
  z.object({ kind: z.literal('refused'), head: z.string(), why: z.string(), at: z.string() }),
  /** The head is green, its merge result with the moved base is not. */
  z.object({
    kind: z.literal('red-result'),
    head: z.string(),
    base: z.string(),
    commit: z.string().transform((text): Sha => asSha(text)),
    contexts: z.array(z.string()),
    at: z.string(),
  }),
]);
export type MergeReport = z.infer<typeof MergeReport>;

export const mergeReportKey = 'merge';

/** The report on exactly this head by one of the mergers, or null. */
export function readMergeReport(comments: readonly Comment[], mergers: ReadonlySet<string>, head: Sha): MergeReport | null {
  const last = comments.findLast((comment) => mergers.has(comment.author) && keyOf(comment.body) === mergeReportKey);
  const report = last === undefined ? null : dataOf(last.body, MergeReport);
  return report !== null && report.head === head ? report : null;
}

export function renderMergeReport(report: MergeReport): string {
  const text =
    report.kind === 'refused'
      ? `The forge refuses to merge this: ${report.why}`
      : `The head is green, but merged with the present base \`${report.base.slice(0, 10)}\` these checks are red: ${report.contexts.join(', ')}`;
  return `${text}\n\n${dataMark(report)}`;
}
