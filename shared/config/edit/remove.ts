import type { AST } from 'toml-eslint-parser';
import { entriesOf, type Entry, type Layout } from './layout.ts';
import { commentsIn, lineEnd, lineStart, splice } from './lines.ts';
import { isPrefix, type KeyPath } from './path.ts';
import { putAbove } from './replace.ts';

/** The text without one of the keys or headers at the path or below it, or null when there is none (any more). Keys go before their header. */
export function removeOnce(layout: Layout, path: KeyPath): string | null {
  for (const entry of layout.sections.flatMap((section) => section.entries)) {
    if (isPrefix(path, entry.path)) return removeEntry(layout, entry.node);
    const inner = isPrefix(entry.path, path) ? removeInline(layout, entry.node.value, path.slice(entry.path.length)) : null;
    if (inner !== null) return inner;
  }
  const header = layout.sections.findLast((section) => section.header !== null && isPrefix(path, section.path))?.header;
  return header === undefined || header === null ? null : removeHeader(layout.text, header);
}

/** Takes the line; a comment at its end, and those inside the value, stay as lines. */
function removeEntry(layout: Layout, { range, ...pair }: Entry['node']): string {
  const { text } = layout;
  const kept = commentsIn(layout, range[0], range[1]);
  return putAbove(withoutLine(text, range[0], range[1]), layout, { ...pair, range }, kept);
}

function removeHeader(text: string, header: AST.TOMLTable): string {
  const close = text.indexOf(']', header.key.range[1]);
  const end = close + (header.kind === 'array' ? 2 : 1);
  const start = lineStart(text, header.range[0]);
  const cut = withoutLine(text, header.range[0], end);
  return withoutDoubleBlank(cut, start);
}

function withoutLine(text: string, start: number, end: number): string {
  const last = lineEnd(text, end);
  const rest = text.slice(end, last);
  if (rest.trim() === '') return splice(text, lineStart(text, start), last, '');
  return splice(text, start, last - rest.trimStart().length, '');
}

/** Where a cut left an empty line on both sides, or one at an end of the file, one is enough. */
function withoutDoubleBlank(text: string, at: number): string {
  const before = at === 0 || text.slice(lineStart(text, at - 1), at).trim() === '';
  if (!before) return text;
  if (at >= text.length && at > 0) return text.slice(0, lineStart(text, at - 1));
  const end = lineEnd(text, at);
  return at < text.length && text.slice(at, end).trim() === '' ? splice(text, at, end, '') : text;
}

function removeInline(layout: Layout, value: AST.TOMLContentNode, rest: KeyPath): string | null {
  if (value.type !== 'TOMLInlineTable') return null;
  const entries = entriesOf(value.body, []);
  for (const [index, { path, node }] of entries.entries()) {
    if (isPrefix(rest, path)) return removePair(layout, value, index);
    const inner = isPrefix(path, rest) ? removeInline(layout, node.value, rest.slice(path.length)) : null;
    if (inner !== null) return inner;
  }
  return null;
}

function removePair({ text }: Layout, table: AST.TOMLInlineTable, index: number): string {
  const [before, pair, after] = [table.body[index - 1], table.body[index], table.body[index + 1]];
  if (pair === undefined) return text;
  if (after !== undefined) return splice(text, pair.range[0], after.range[0], '');
  if (before !== undefined) return splice(text, before.range[1], pair.range[1], '');
  return splice(text, table.range[0], table.range[1], '{}');
}
