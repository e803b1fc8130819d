import type { KeyPath } from './path.ts';

/** What can be set: TOML without dates. Integers are numbers without a fraction. */
export type ConfigValue = string | number | boolean | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

export type Table = Readonly<Record<string, unknown>>;

type Change = { readonly set: KeyPath; readonly to: ConfigValue } | { readonly remove: KeyPath };
type Outcome = { readonly value: Table } | { readonly blocked: KeyPath; readonly reason: string };

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The same change on the values that the text stands for. */
export function applyToValue(root: Table, change: Change): Outcome {
  return 'set' in change ? setIn(root, change.set, change.to, []) : removeIn(root, change.remove);
}

function setIn(table: Table, path: KeyPath, to: ConfigValue, above: KeyPath): Outcome {
  const [key, ...rest] = path;
  if (key === undefined) return isTable(to) ? mergeInto(table, to, above) : { blocked: above, reason: 'is the file as a whole; name a key' };
  const here = [...above, key];
  const old = Object.hasOwn(table, key) ? table[key] : undefined;
  if (rest.length === 0 && !isTable(to)) {
    return isTable(old) ? { blocked: here, reason: 'is a table, not a value; remove it first' } : { value: withKey(table, key, to) };
  }
  if (old !== undefined && !isTable(old)) return { blocked: here, reason: 'is a value, not a table; remove it first' };
  const inner = setIn(old ?? {}, rest, to, here);
  return 'blocked' in inner ? inner : { value: withKey(table, key, inner.value) };
}

function mergeInto(table: Table, to: Table, above: KeyPath): Outcome {
  let value = table;
  for (const [key, next] of Object.entries(to)) {
    const outcome = setIn(value, [key], next as ConfigValue, above);
    if ('blocked' in outcome) return outcome;
    value = outcome.value;
  }
  return { value };
}

function removeIn(table: Table, path: KeyPath): Outcome {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(table, key)) return { value: table };
  if (rest.length === 0) return { value: Object.fromEntries(Object.entries(table).filter(([name]) => name !== key)) };
  const inner = table[key];
  if (!isTable(inner)) return { value: table };
  const outcome = removeIn(inner, rest);
  return 'blocked' in outcome ? outcome : { value: withKey(table, key, outcome.value) };
}

function withKey(table: Table, key: string, value: unknown): Table {
  return Object.fromEntries([...Object.entries(table).filter(([name]) => name !== key), [key, value]]);
}

/** A table that dotted keys imply goes with its last key: to the reader of a file an empty table says nothing. */
export function withoutEmptyTables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyTables);
  if (!isTable(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmptyTables(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isTable(inner) || Object.keys(inner).length > 0));
}
