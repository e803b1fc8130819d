import type { AST } from 'toml-eslint-parser';
import type { Layout, Section } from './layout.ts';
import { indentOf, insertLines, lineEnd, lineStart } from './lines.ts';
import type { KeyPath, ResolvedPath } from './path.ts';
import { renderKey, renderValue } from './render.ts';
import type { ConfigValue } from './value.ts';

type Pair = readonly [key: KeyPath, value: ConfigValue];

/** Adds a key to a section: after the given one, else after its last one, else below its header. */
export function appendKey(layout: Layout, section: Section, after: AST.TOMLKeyValue | null, key: KeyPath, value: ConfigValue): string {
  const before = after ?? section.entries.at(-1)?.node ?? section.header;
  if (before === null) return insertBeforeSections(layout, key, value);
  const end = before.type === 'TOMLTable' ? before.key.range[1] : before.range[1];
  const indent = indentOf(layout.text, before.range[0]);
  return insertLines(layout, lineEnd(layout.text, end), [indent + renderPair([key, value])]);
}

/** Adds a key at the top: after the ones that are there, else above the first header and the comment that stands on it. */
export function insertBeforeSections(layout: Layout, key: KeyPath, value: ConfigValue): string {
  const last = layout.sections[0]?.entries.at(-1)?.node;
  if (last !== undefined) return insertLines(layout, lineEnd(layout.text, last.range[1]), [renderPair([key, value])]);
  const header = layout.sections[1]?.header;
  const at = header === undefined || header === null ? layout.text.length : startOfHeader(layout.text, header.range[0]);
  return insertLines(layout, at, [renderPair([key, value]), ...(at === layout.text.length ? [] : [''])]);
}

/** Adds a table: after its nearest kin, else at the end, with an empty line around it. */
export function appendSection(layout: Layout, path: KeyPath, pairs: readonly Pair[]): string {
  const at = endOfSection(layout, nearestKin(layout, path));
  const above = layout.text.slice(0, at).trim() === '' ? [] : [''];
  const follows = layout.text.slice(at, lineEnd(layout.text, at));
  const below = follows.trim() === '' ? [] : [''];
  return insertLines(layout, at, [...above, `[${renderKey(path)}]`, ...pairs.map(renderPair), ...below]);
}

function renderPair([key, value]: Pair): string {
  return `${renderKey(key)} = ${renderValue(value)}`;
}

/** Index of the last section among those that share the most keys with the path; the last of all when none shares any. */
function nearestKin(layout: Layout, path: KeyPath): number {
  const shared = layout.sections.map((section) => sharedKeys(section.path, path));
  const most = Math.max(...shared);
  return most === 0 ? layout.sections.length - 1 : shared.lastIndexOf(most);
}

function sharedKeys(a: ResolvedPath, b: ResolvedPath): number {
  const differs = a.findIndex((key, at) => key !== b[at]);
  return differs < 0 ? a.length : differs;
}

/** Begin of the line after the last one of a section that says something; comments right above the next header are that one's. */
function endOfSection({ text, sections }: Layout, index: number): number {
  const section = sections[index];
  const next = sections[index + 1]?.header;
  const lower = section?.entries.at(-1)?.node.range[1] ?? section?.header?.key.range[1] ?? 0;
  let at = next === undefined || next === null ? text.length : startOfHeader(text, next.range[0]);
  while (at > lower) {
    const start = lineStart(text, at === text.length && text[at - 1] !== '\n' ? at : at - 1);
    if (text.slice(start, at).trim() !== '') break;
    at = start;
  }
  return at;
}

/** Begin of the comment lines that stand right above a header, or of its own line. */
function startOfHeader(text: string, header: number): number {
  let at = lineStart(text, header);
  while (at > 0) {
    const start = lineStart(text, at - 1);
    if (!text.slice(start, at).trimStart().startsWith('#')) break;
    at = start;
  }
  return at;
}
