import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from '#config';
import { applyToValue, type ConfigValue, isTable, type Table, withoutEmptyTables } from './value.ts';
import { type Layout, readLayout } from './layout.ts';
import { removeOnce } from './remove.ts';
import { setLeaf } from './set.ts';
import type { KeyPath } from './path.ts';

/**
 * One change of a `disinto.toml`. `set` gives the key at the path a value and adds the tables around it when they are missing;
 * a table as value is merged key by key. `remove` takes away a key, or a table with all below it; what is not there is fine.
 */
export type ConfigEdit = { readonly set: KeyPath; readonly to: ConfigValue } | { readonly remove: KeyPath };

/**
 * The text with the edits, everything else byte for byte: comments stay (also those inside what is removed), so do order, spaces
 * and line ends. Without a difference it is the same text. `file` is named in errors. Throws `ConfigError` when the text is not
 * TOML, when an edit contradicts it (a key below something that is no table), or when it can only be done by hand.
 */
export function editConfig(text: string, edits: readonly ConfigEdit[], file = 'disinto.toml'): string {
  const before = readLayout(text, file);
  const wanted = edits.reduce((value, edit) => applied(value, edit, file), before.value);
  const result = edits.flatMap(leavesOf).reduce((now, edit) => editLeaf(now, edit, file), text);
  if (result !== text) prove(before, result, wanted, file);
  return result;
}

function applied(value: Table, edit: ConfigEdit, file: string): Table {
  const outcome = applyToValue(value, edit);
  if ('blocked' in outcome) throw refusal(file, outcome.blocked, outcome.reason);
  return outcome.value;
}

/** Tables are set key by key; an empty one is a leaf. */
function leavesOf(edit: ConfigEdit): readonly ConfigEdit[] {
  if ('remove' in edit || !isTable(edit.to)) return [edit];
  const entries = Object.entries(edit.to);
  if (entries.length === 0) return [edit];
  return entries.flatMap(([key, value]) => leavesOf({ set: [...edit.set, key], to: value }));
}

function editLeaf(text: string, edit: ConfigEdit, file: string): string {
  if ('set' in edit) return setLeaf(readLayout(text, file), edit.set, edit.to);
  let now = text;
  for (;;) {
    const next = removeOnce(readLayout(now, file), edit.remove);
    if (next === null) return now;
    now = next;
  }
}

/** Whatever the ways of writing TOML, nothing is handed out that says something else or lost a comment. */
function prove(before: Layout, text: string, wanted: Table, file: string): void {
  let after: Layout;
  try {
    after = readLayout(text, file);
  } catch (error) {
    throw refusal(file, [], 'this change cannot be written into the way the file is laid out; make it by hand', error);
  }
  const same = isDeepStrictEqual(withoutEmptyTables(after.value), withoutEmptyTables(wanted));
  if (same && isDeepStrictEqual(after.comments.toSorted(), before.comments.toSorted())) return;
  throw refusal(file, [], 'this change cannot be written into the way the file is laid out; make it by hand');
}

function refusal(file: string, path: KeyPath, message: string, cause?: unknown): ConfigError {
  return new ConfigError('invalid', file, [{ line: 1, path: path.join('.'), message }], cause);
}
