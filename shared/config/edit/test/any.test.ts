import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { ConfigError } from '#config';
import { type ConfigEdit, editConfig } from '../edit.ts';
import { readLayout } from '../layout.ts';
import { applyToValue, isTable, type Table, withoutEmptyTables } from '../value.ts';
import { createDice, randomEdits, randomToml } from './random-toml.ts';

const file = 'disinto.toml';

it('edits any file to the edited value, keeps every comment, and changes nothing when there is nothing to change', () => {
  const counts = { read: 0, edited: 0, refused: 0, byHand: 0 };
  for (let seed = 1; seed <= 3000; seed++) {
    const dice = createDice(seed);
    const text = randomToml(dice);
    const before = read(text);
    if (before === null) continue;
    counts.read += 1;
    expect(editConfig(text, [])).toBe(text);
    const edits = randomEdits(dice, pathsOf(before.value));
    const wanted = wantedOf(before.value, edits);
    const result = edited(text, edits);
    if (wanted === null) {
      expect(result, `seed ${seed}`).toBeNull();
      counts.refused += 1;
    } else if (result === null) {
      expect(overTables(before.value, edits), `seed ${seed}`).toBe(true);
      counts.byHand += 1;
    } else {
      const after = read(result);
      expect(withoutEmptyTables(after?.value), `seed ${seed}`).toEqual(withoutEmptyTables(wanted));
      expect(after?.comments.toSorted(), `seed ${seed}`).toEqual(before.comments.toSorted());
      if (isDeepStrictEqual(before.value, wanted)) expect(result.replace(/\r?\n$/, ''), `seed ${seed}`).toBe(text.replace(/\r?\n$/, ''));
      counts.edited += 1;
    }
  }
  expect(counts.edited).toBeGreaterThan(1500);
  expect(counts.refused).toBeGreaterThan(100);
});

function read(text: string): ReturnType<typeof readLayout> | null {
  try {
    return readLayout(text, file);
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

function edited(text: string, edits: readonly ConfigEdit[]): string | null {
  try {
    return editConfig(text, edits);
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
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

function pathsOf(value: unknown, above: readonly string[] = []): readonly (readonly string[])[] {
  return isTable(value) ? Object.entries(value).flatMap(([key, inner]) => [[...above, key], ...pathsOf(inner, [...above, key])]) : [];
}

/** Only an array of tables cannot be made a value: no key of a disinto.toml is one. */
function overTables(value: Table, edits: readonly ConfigEdit[]): boolean {
  const at = (path: readonly string[]): unknown => path.reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : undefined), value);
  const paths = edits.flatMap((edit) => ('set' in edit ? [edit.set, ...pathsOf(edit.to).map((path) => [...edit.set, ...path])] : []));
  return paths.some((path) => {
    const old = at(path);
    return Array.isArray(old) && old.some(isTable);
  });
}
