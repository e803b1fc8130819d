import { isDeepStrictEqual } from 'node:util';
import type { AST } from 'toml-eslint-parser';
import { staticValue } from '../toml.ts';
import type { Layout } from './layout.ts';
import { commentsIn, indentOf, lineEnd, lineStart, splice } from './lines.ts';
import { renderValue } from './render.ts';
import type { ConfigValue } from './value.ts';

/** The text with another value for a key; the same text when it has that value already. */
export function replaceValue(layout: Layout, pair: AST.TOMLKeyValue, to: ConfigValue): string {
  const { value } = pair;
  if (isDeepStrictEqual(staticValue(value), to)) return layout.text;
  if (value.type === 'TOMLArray' && Array.isArray(to)) {
    const more = whatIsMore(value, to);
    if (more !== null) return appendElements(layout, value, more);
  }
  const text = splice(layout.text, value.range[0], value.range[1], renderValue(to));
  return putAbove(text, layout, pair, commentsIn(layout, value.range[0], value.range[1]));
}

/** Puts comments on lines of their own above the line that a key begins on. */
export function putAbove(text: string, layout: Layout, pair: AST.TOMLKeyValue, comments: readonly string[]): string {
  const at = lineStart(text, pair.range[0]);
  const indent = indentOf(text, pair.range[0]);
  return splice(text, at, at, comments.map((comment) => indent + comment + layout.eol).join(''));
}

/** The elements that a longer list has behind those that are there, or null when it is not just longer. */
function whatIsMore(array: AST.TOMLArray, to: readonly ConfigValue[]): readonly ConfigValue[] | null {
  const old = array.elements.map((element) => staticValue(element));
  const begins = old.length > 0 && old.length < to.length && isDeepStrictEqual(old, to.slice(0, old.length));
  return begins ? to.slice(old.length) : null;
}

/** Adds elements the way the list is written: on its line, or each on a line of its own below the last one and its comment. */
function appendElements({ text, eol }: Layout, array: AST.TOMLArray, more: readonly ConfigValue[]): string {
  const last = array.elements.at(-1);
  if (last === undefined) return text;
  const [, end] = last.range;
  const line = lineEnd(text, end);
  if (line > array.range[1] || array.range[1] <= end) return splice(text, end, end, more.map((value) => `, ${renderValue(value)}`).join(''));
  const comma = /^[ \t]*,/.test(text.slice(end, line));
  const indent = indentOf(text, last.range[0]) || '  ';
  const lines = more.map((value, at) => `${indent}${renderValue(value)}${comma || at < more.length - 1 ? ',' : ''}${eol}`);
  const below = splice(text, line, line, lines.join(''));
  return comma ? below : splice(below, end, end, ',');
}
