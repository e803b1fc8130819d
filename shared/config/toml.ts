import { ParseError, parseTOML } from 'toml-eslint-parser';
import type { AST } from 'toml-eslint-parser';
import { ConfigError } from '#config';

export type Path = readonly PropertyKey[];

export interface TomlDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** Line of a key or table, or of the nearest one around it. */
  lineOf(path: Path): number;
}

/** Reads TOML and remembers where everything stands. Throws `ConfigError` with the place of the first syntax error. */
export function parseToml(text: string, file: string): TomlDocument {
  const lines = new Map<string, number>();
  const tree = parseTree(text, file);
  for (const node of tree.body[0].body) {
    if (node.type === 'TOMLKeyValue') mark(node, [], lines);
    else markTable(node, lines);
  }
  return {
    value: tableValue(tree),
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(idOf(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
  };
}

/** The text as a tree of what stands where. Throws `ConfigError` with the line when it is not TOML. */
export function parseTree(text: string, file: string): AST.TOMLProgram {
  try {
    // A byte order mark is no part of the text; a blank in its place keeps every offset.
    return parseTOML(text.replace(/^\uFEFF/, ' '), { tomlVersion: '1.0' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const message = `this is not TOML: ${error.message} (column ${error.column + 1})`;
    throw new ConfigError('invalid', file, [{ line: error.lineNumber, path: '', message }], error);
  }
}

/** What the whole text stands for. Every key is the table's own, `__proto__` as well: nothing that a file says reaches a prototype. */
export function tableValue(tree: AST.TOMLProgram): Readonly<Record<string, unknown>> {
  const root = {};
  for (const node of tree.body[0].body) {
    if (node.type === 'TOMLKeyValue') put(root, keysOf(node), staticValue(node.value));
    else {
      const table = open(root, node.resolvedKey);
      for (const entry of node.body) put(table, keysOf(entry), staticValue(entry.value));
    }
  }
  return root;
}

/** What one value in the text stands for. */
export function staticValue(node: AST.TOMLContentNode): unknown {
  if (node.type === 'TOMLValue') return node.value;
  if (node.type === 'TOMLArray') return node.elements.map(staticValue);
  const table = {};
  for (const entry of node.body) put(table, keysOf(entry), staticValue(entry.value));
  return table;
}

const keysOf = ({ key }: AST.TOMLKeyValue): readonly string[] => key.keys.map((one) => (one.type === 'TOMLBare' ? one.name : one.value));

function put(table: object, path: Path, value: unknown): void {
  const last = path.at(-1);
  if (last !== undefined) Object.defineProperty(open(table, path.slice(0, -1)), last, { value, writable: true, enumerable: true, configurable: true });
}

/** The table at a path, made where it is not there yet; a number is a place in a list. */
function open(root: object, path: Path): object {
  return path.reduce<object>((inner, key, index) => {
    const there: unknown = Object.getOwnPropertyDescriptor(inner, key)?.value;
    if (typeof there === 'object' && there !== null) return there;
    const made = typeof path[index + 1] === 'number' ? [] : {};
    put(inner, [key], made);
    return made;
  }, root);
}

function markTable(table: AST.TOMLTable, lines: Map<string, number>): void {
  remember(table.resolvedKey, table.loc.start.line, lines);
  for (const entry of table.body) mark(entry, table.resolvedKey, lines);
}

function mark(entry: AST.TOMLKeyValue, under: Path, lines: Map<string, number>): void {
  const path = [...under, ...keysOf(entry)];
  remember(path, entry.loc.start.line, lines);
  markValue(entry.value, path, lines);
}

function markValue(value: AST.TOMLContentNode, path: Path, lines: Map<string, number>): void {
  remember(path, value.loc.start.line, lines);
  if (value.type === 'TOMLInlineTable') for (const entry of value.body) mark(entry, path, lines);
  if (value.type === 'TOMLArray') value.elements.forEach((element, index) => markValue(element, [...path, index], lines));
}

/** Also remembers the tables that a dotted key implies; the first mention counts. */
function remember(path: Path, line: number, lines: Map<string, number>): void {
  for (let length = 1; length <= path.length; length++) {
    const id = idOf(path.slice(0, length));
    if (!lines.has(id)) lines.set(id, line);
  }
}

function idOf(path: Path): string {
  return JSON.stringify(path.map(String));
}
