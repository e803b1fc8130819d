import type { Layout } from './layout.ts';

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset after the end of the line, or of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}

/** The white space before something that begins its line; empty when something else stands before it. */
export function indentOf(text: string, offset: number): string {
  const before = text.slice(lineStart(text, offset), offset);
  return before.trim() === '' ? before : '';
}

export function splice(text: string, start: number, end: number, put: string): string {
  return text.slice(0, start) + put + text.slice(end);
}

/** Puts whole lines at the beginning of a line, or at the end of a text whose last line may lack its end. */
export function insertLines({ text, eol }: Layout, offset: number, lines: readonly string[]): string {
  const open = offset > 0 && text[offset - 1] !== '\n' ? eol : '';
  return splice(text, offset, offset, open + lines.map((line) => line + eol).join(''));
}

/** Comments inside a range, to be kept when the range goes. */
export function commentsIn(layout: Layout, start: number, end: number): readonly string[] {
  return layout.commentRanges.filter(([from, to]) => from >= start && to <= end).map(([from, to]) => layout.text.slice(from, to));
}
