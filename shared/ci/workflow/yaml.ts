import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';

export type Place = readonly (string | number)[];

/** A YAML document as plain values. Every scalar is its text (`1.0` stays `1.0`), nothing is an empty text. */
export interface YamlText {
  readonly value: unknown;
  /** Line, from 1, of a key or entry; of the nearest thing around it when it comes from a merge or alias. */
  readonly lineOf: (place: Place) => number;
}

/** Reads YAML with anchors and merge keys. A syntax error comes back as `problem` with its line. */
export function readYaml(text: string): YamlText | { readonly problem: string; readonly line: number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return { problem: firstLine(error.message), line: lines.linePos(error.pos[0]).line };
  try {
    const value: unknown = document.toJS();
    return { value, lineOf: (place) => lines.linePos(offsetOf(document, place)).line };
  } catch (cause) {
    return { problem: firstLine(cause instanceof Error ? cause.message : String(cause)), line: 1 };
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

function offsetOf(document: Document, place: Place): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of place) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? node.items.find((item) => keyOf(item) === String(step)) : undefined;
    const next: unknown = pair ?? (isSeq(node) ? node.items[Number(step)] : undefined);
    if (next === undefined) return offset;
    offset = startOf(pair === undefined ? next : pair.key) ?? offset;
    node = pair === undefined ? next : pair.value;
  }
  return offset;
}

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));
const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];
