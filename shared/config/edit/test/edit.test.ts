import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#config';
import { type ConfigEdit, editConfig } from '../edit.ts';
import { readLayout } from '../layout.ts';
import { applyToValue, isTable, type Table, withoutEmptyTables } from '../value.ts';
import { createDice, randomEdits, randomToml } from './random-toml.ts';

const file = 'disinto.toml';

function pathsOf(value: unknown, above: readonly string[] = []): readonly (readonly string[])[] {
  return isTable(value) ? Object.entries(value).flatMap(([key, inner]) => [[...above, key], ...pathsOf(inner, [...above, key])]) : [];
}

function readable(text: string): boolean {
  try {
    readLayout(text, file);
    return true;
  } catch {
    return false;
  }
}

function wantedOf(value: Table, edits: readonly ConfigEdit[]): Table | null {
  let now = value;
  for (const edit of edits) {
    const outcome = applyToValue(now, edit);
    if ('blocked' in outcome) return null;
    now = outcome.value;
  }
  return now;
}

describe('any edits of any file', () => {
  it('give the edited value, keep every comment, and change nothing when there is nothing to change', () => {
    const counts = { files: 0, edited: 0, blocked: 0, byHand: 0 };
    for (let seed = 1; seed <= 6000; seed++) {
      const dice = createDice(seed);
      const text = randomToml(dice);
      if (!readable(text)) continue;
      counts.files += 1;
      const { value, comments } = readLayout(text, file);
      expect(editConfig(text, [])).toBe(text);
      const edits = randomEdits(dice, pathsOf(value));
      const wanted = wantedOf(value, edits);
      if (wanted === null) {
        expect(() => editConfig(text, edits)).toThrow(ConfigError);
        counts.blocked += 1;
        continue;
      }
      let result: string;
      try {
        result = editConfig(text, edits);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        if (process.env['SHOW']) console.log(seed, JSON.stringify(text), JSON.stringify(edits));
        counts.byHand += 1;
        continue;
      }
      const after = readLayout(result, file);
      expect(withoutEmptyTables(after.value), `seed ${seed}`).toEqual(withoutEmptyTables(wanted));
      expect(after.comments.toSorted(), `seed ${seed}`).toEqual(comments.toSorted());
      expect(editConfig(result, edits.length === 1 ? edits : []), `seed ${seed}`).toBe(result);
      if (isDeepStrictEqual(withoutEmptyTables(value), withoutEmptyTables(wanted)) && edits.length === 1 && 'set' in edits[0]! && !isTable(edits[0].to))
        expect(result).toBe(text);
      counts.edited += 1;
    }
    console.log(counts);
  });
});
