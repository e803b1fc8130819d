import type { ForgeErrorKind } from '#forge';
import type { Matrix } from './matrix.ts';
import type { Verb } from './outcome.ts';
import { registry, verbs } from './registry.ts';

const kinds: Readonly<Record<ForgeErrorKind, string>> = {
  auth: 'auth',
  forbidden: 'forb',
  'not-found': 'miss',
  conflict: 'conf',
  invalid: 'inv',
  'rate-limited': '429',
  unavailable: 'away',
  malformed: 'malf',
};

/** Verbs × outcomes with the number of cases that showed each; `-`: the verb cannot meet it. */
export function renderMatrix(name: string, matrix: Matrix): string {
  const head = ['verb', ...Object.values(kinds), 'answers'];
  const rows = [head, ...verbs.map((verb) => rowOf(verb, matrix))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : column === row.length - 1 ? cell : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const pairs = verbs.flatMap((verb) => Object.entries(registry[verb]).filter(([, needed]) => needed === true)).length;
  return `${name}: verbs × outcomes, cases that show each (${verbs.length} verbs, ${pairs} pairs)\n${lines.join('\n')}`;
}

function rowOf(verb: Verb, matrix: Matrix): readonly string[] {
  const entry: Readonly<Record<string, true | string>> = registry[verb];
  const cell = (outcome: string): string => (entry[outcome] === true ? String(matrix.count(verb, outcome)) : '-');
  const values = Object.keys(entry).filter((outcome) => !outcome.startsWith('error '));
  const answers = values.map((outcome) => `${outcome} ${cell(outcome)}`).join(' · ');
  return [verb, ...Object.keys(kinds).map((kind) => cell(`error ${kind}`)), answers];
}
