import type { LogEntries } from './schema.ts';

/** Entries that the step itself wrote; the others are Woodpecker's notes. */
const output = new Set([0, 1]);

/** The text of a step's log: entries may come in any order, and `line` counts from 0. */
export function textOfLog(entries: LogEntries): string {
  return (entries ?? [])
    .filter(({ type }) => output.has(type ?? 0))
    .map((entry, place) => ({ data: entry.data, line: entry.line ?? place }))
    .toSorted((a, b) => a.line - b.line)
    .map(({ data }) =>
      Buffer.from(data ?? '', 'base64')
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    )
    .join('\n');
}
