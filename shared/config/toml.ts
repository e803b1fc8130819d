import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
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
    value: getStaticTOMLValue(tree),
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
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const message = `this is not TOML: ${error.message} (column ${error.column + 1})`;
    throw new ConfigError('invalid', file, [{ line: error.lineNumber, path: '', message }], error);
  }
}

function markTable(table: AST.TOMLTable, lines: Map<string, number>): void {
  remember(table.resolvedKey, table.loc.start.line, lines);
  for (const entry of table.body) mark(entry, table.resolvedKey, lines);
}

function mark(entry: AST.TOMLKeyValue, under: Path, lines: Map<string, number>): void {
  const path = [...under, ...entry.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))];
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
