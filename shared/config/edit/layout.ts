import type { AST } from 'toml-eslint-parser';
import { parseTree, tableValue } from '../toml.ts';
import type { ResolvedPath } from './path.ts';
import type { Table } from './value.ts';

export interface Entry {
  /** From the top of the file, or inside an inline table from there. */
  readonly path: ResolvedPath;
  readonly node: AST.TOMLKeyValue;
}

export interface Section {
  readonly path: ResolvedPath;
  /** Null: the keys above the first header. */
  readonly header: AST.TOMLTable | null;
  readonly entries: readonly Entry[];
}

/** A text and where everything in it stands. Ranges count UTF-16 units. */
export interface Layout {
  readonly text: string;
  readonly eol: '\n' | '\r\n';
  readonly value: Table;
  /** The first one holds the keys above the first header. */
  readonly sections: readonly Section[];
  readonly commentRanges: readonly (readonly [number, number])[];
  readonly comments: readonly string[];
}

export function readLayout(text: string, file: string): Layout {
  const tree = parseTree(text, file);
  const top = tree.body[0].body;
  const tables = top.filter((node) => node.type === 'TOMLTable');
  const commentRanges = tree.comments.map(({ range }) => range);
  return {
    text,
    eol: /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n',
    value: tableValue(tree),
    sections: [
      {
        path: [],
        header: null,
        entries: entriesOf(
          top.filter((node) => node.type === 'TOMLKeyValue'),
          [],
        ),
      },
      ...tables.map((table) => ({ path: table.resolvedKey, header: table, entries: entriesOf(table.body, table.resolvedKey) })),
    ],
    commentRanges,
    comments: commentRanges.map(([start, end]) => text.slice(start, end)),
  };
}

export function entriesOf(nodes: readonly AST.TOMLKeyValue[], under: ResolvedPath): readonly Entry[] {
  return nodes.map((node) => ({ path: [...under, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))], node }));
}
