import type { AST } from 'toml-eslint-parser';
import { appendKey, appendSection, insertBeforeSections } from './insert.ts';
import { entriesOf, type Layout, type Section } from './layout.ts';
import { splice } from './lines.ts';
import { isPrefix, isSame, type KeyPath } from './path.ts';
import { renderKey, renderValue } from './render.ts';
import { replaceValue } from './replace.ts';
import { type ConfigValue, isTable } from './value.ts';

/** The text with one key set: to a value, or to an empty table. */
export function setLeaf(layout: Layout, path: KeyPath, to: ConfigValue): string {
  if (isTable(to) && valueAt(layout.value, path) !== undefined) return layout.text;
  for (const { path: found, node } of layout.sections.flatMap((section) => section.entries)) {
    if (isSame(found, path)) return replaceValue(layout, node, to);
    if (isPrefix(found, path) && node.value.type === 'TOMLInlineTable') return setInline(layout, node.value, path.slice(found.length), to);
  }
  return addKey(layout, path, to);
}

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((inner, key) => (isTable(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);
}

function setInline(layout: Layout, table: AST.TOMLInlineTable, rest: KeyPath, to: ConfigValue): string {
  for (const { path, node } of entriesOf(table.body, [])) {
    if (isSame(path, rest)) return replaceValue(layout, node, to);
    if (isPrefix(path, rest) && node.value.type === 'TOMLInlineTable') return setInline(layout, node.value, rest.slice(path.length), to);
  }
  const pair = `${renderKey(rest)} = ${renderValue(to)}`;
  const last = table.body.at(-1);
  return last === undefined
    ? splice(layout.text, table.range[0], table.range[1], `{ ${pair} }`)
    : splice(layout.text, last.range[1], last.range[1], `, ${pair}`);
}

/** Where a key that is not there belongs: in its table, beside dotted keys of its table, or in a new table. */
function addKey(layout: Layout, path: KeyPath, to: ConfigValue): string {
  const table = path.slice(0, -1);
  const home = layout.sections.find((section) => section.header !== null && isSame(section.path, table));
  if (home !== undefined && !isTable(to)) return appendKey(layout, home, null, path.slice(table.length), to);
  const beside = dottedHome(layout, table);
  if (beside !== null) return appendKey(layout, beside.section, beside.last, path.slice(beside.section.path.length), to);
  if (isTable(to)) return appendSection(layout, path, []);
  return table.length === 0 ? insertBeforeSections(layout, path, to) : appendSection(layout, table, [[path.slice(table.length), to]]);
}

/** A section whose dotted keys define the table or one around it: a header would define that twice. */
function dottedHome(layout: Layout, table: KeyPath): { readonly section: Section; readonly last: AST.TOMLKeyValue } | null {
  for (let length = table.length; length > 0; length--) {
    const around = table.slice(0, length);
    for (const section of layout.sections) {
      const last = section.path.length < length ? section.entries.findLast(({ path }) => path.length > length && isPrefix(around, path)) : undefined;
      if (last !== undefined) return { section, last: last.node };
    }
  }
  return null;
}
