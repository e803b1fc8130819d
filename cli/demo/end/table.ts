import type { IssueOutcome } from '../outcome.ts';

/** The closing table. `seconds`: from the first claim to the last event of an issue, where known. */
export function renderTable(outcomes: readonly IssueOutcome[], seconds: ReadonlyMap<number, number>): string {
  const head = ['issue', 'title', 'end', 'PR', 'CI', 'reviews', 'merge', 'seconds', 'tokens'];
  const rows = outcomes.map((o) => [
    `#${o.number}`,
    cut(o.title, 44),
    o.origin === 'follow-up' && o.state !== 'parked'
      ? `${o.state} (follow-up)`
      : o.reason === undefined
        ? o.state
        : `${o.state} (${o.reason.split(':', 1)[0]})`,
    o.pr === undefined ? '' : `#${o.pr}`,
    String(o.ciRounds),
    String(o.reviewRounds),
    o.mergeCommit?.slice(0, 10) ?? '',
    seconds.get(o.number)?.toFixed(1) ?? '',
    String(o.tokens),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at >= 4 && at !== 6 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
