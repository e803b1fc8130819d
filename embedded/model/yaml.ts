import { isCollection, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

/** One thing that is wrong in a YAML file: where, and what would be right. */
export interface Problem {
  /** Counts from 1. */
  readonly line: number;
  /** Place inside the document, for example `[3].do[1].fault`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** Renders problems for people, one a line. */
export function renderProblems(file: string, problems: readonly Problem[]): string {
  return problems.map((p) => `${file}:${p.line}: ${p.path === '' ? '' : `${p.path}: `}${p.message}`).join('\n');
}

/** Reads a YAML text by a schema. Never throws for what the text says: all problems come back at once, in the order of lines. */
export function readYaml<T>(
  text: string,
  schema: z.ZodType<T>,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((e) => ({ line: lines.linePos(e.pos[0]).line, path: '', message: `not valid YAML: ${e.message}` }));
    return { ok: false, problems };
  }
  let plain: unknown;
  try {
    plain = document.toJS();
  } catch (error) {
    return { ok: false, problems: [{ line: 1, path: '', message: `not usable YAML: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  const parsed = schema.safeParse(plain);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map((issue) => ({
    line: lineOf(document, lines, issue.path),
    path: renderPath(issue.path),
    message: issue.message,
  }));
  // One problem per place: a later check of the same place only repeats what the first one found.
  const places = new Map(problems.toReversed().map((problem) => [problem.path, problem]));
  return { ok: false, problems: [...places.values()].toSorted((a, b) => a.line - b.line || a.path.localeCompare(b.path)) };
}

/** The known word that is most like a mistyped one, as a half sentence to append, or nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance: d }) => d <= Math.max(1, Math.floor(candidate.length / 2.5)))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return near === undefined ? '' : `; did you mean \`${near.candidate}\`?`;
}

function renderPath(path: readonly PropertyKey[]): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`)).join('');
}

/** Line of the node at this path, or of the nearest node above it that exists. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isCollection(parent) ? parent.items.find((item) => keyOf(item) === key) : undefined;
    const start = startOf(pair) ?? startOf(document.getIn(path.slice(0, length), true));
    if (start !== null) return lines.linePos(start).line;
  }
  return lines.linePos(startOf(document.contents) ?? 0).line;
}

function keyOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !('key' in item)) return undefined;
  const key = item.key;
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function startOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null) return null;
  if ('key' in node) return startOf(node.key);
  return 'range' in node && Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : null;
}

/** Levenshtein distance; both words are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
