import type { z } from 'zod';
import { fileSchema } from './schema.ts';
import { closest, hint } from './suggest.ts';
import type { Path } from './toml.ts';
import { descriptionOf, keysOf, schemaAt } from './walk.ts';

export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** What zod found, in words that say what would be right. One issue may be several findings (one per unknown key). */
export function explain(issue: z.core.$ZodIssue, value: unknown): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...issue.path, key]));
  if (issue.code === 'invalid_key') return [{ path: issue.path, message: `the name ${issue.issues[0]?.message ?? issue.message}` }];
  const given = valueAt(value, issue.path);
  const meaning = descriptionOf(schemaAt(fileSchema, issue.path));
  return [{ path: issue.path, message: `${complaint(issue, given)}${meaning === null ? '' : ` (${meaning})`}` }];
}

function unknownKey(path: Path): Finding {
  const key = String(path.at(-1));
  return { path, message: `unknown key; ${hint(key, keysOf(schemaAt(fileSchema, path.slice(0, -1))))}` };
}

/** Keys that no table can have and zod passes over where names are free. */
export function strangeKeys(value: unknown, path: Path = []): readonly Finding[] {
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (key !== '__proto__') return strangeKeys(inner, here);
    const known = keysOf(schemaAt(fileSchema, path)).length > 0;
    return [known ? unknownKey(here) : { path: here, message: 'cannot be a name; take another one' }];
  });
}

function complaint(issue: z.core.$ZodIssue, given: unknown): string {
  if (given === undefined) return 'is missing';
  if (issue.code === 'invalid_value') return `must be ${listed(issue.values)}, not ${shown(given)}${meant(given, issue.values)}`;
  if (issue.code === 'invalid_type') return `must be ${withArticle(issue.expected, given)}, not ${shown(given)}`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.origin === 'string' ? `${issue.minimum} character long` : issue.minimum}, not ${shown(given)}`;
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.origin === 'string' ? `${issue.maximum} characters long` : issue.maximum}, not ${shown(given)}`;
  return `${issue.message}, not ${shown(given)}`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value);
}

/** As TOML says it; user and password in an address stay hidden. */
function shown(given: unknown): string {
  if (typeof given === 'number' && !Number.isFinite(given)) return Number.isNaN(given) ? 'nan' : given > 0 ? 'inf' : '-inf';
  const text = JSON.stringify(given) ?? 'nothing';
  return text.replaceAll(/\/\/[^/\s"]*@/g, '//***@').slice(0, 60);
}

function listed(values: readonly unknown[]): string {
  return values.map((value) => `"${String(value)}"`).join(' or ');
}

function meant(given: unknown, values: readonly unknown[]): string {
  const near = typeof given === 'string' ? closest(given, values.map(String)) : null;
  return near === null ? '' : `; did you mean "${near}"?`;
}

const nouns: Readonly<Record<string, string>> = {
  object: 'table',
  record: 'table',
  array: 'list',
  int: 'whole number',
  string: 'text',
  boolean: 'true or false',
};

function withArticle(expected: string, given: unknown): string {
  if (typeof given === 'number' && !Number.isFinite(given)) return 'a finite number';
  const noun = nouns[expected] ?? expected;
  return noun === 'text' || noun === 'true or false' ? noun : `a ${noun}`;
}
