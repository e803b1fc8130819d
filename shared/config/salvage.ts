import type { z } from 'zod';
import type { ConfigPart } from './schema.ts';
import type { Path } from './toml.ts';

const placeholders: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>(
  Object.entries({ url: 'http://x', 'base-url': 'http://x', model: 'x', repository: 'x/x', input: 0, output: 0 }),
);

/**
 * The file without what zod refused, so that the rules between fields can be checked in the same go: what is wrong falls
 * back to its default, what is missing gets a placeholder. Never used for anything but finding more problems.
 */
export function withoutRefused(value: ConfigPart, issues: readonly z.core.$ZodIssue[]): ConfigPart {
  const copy = structuredClone(value);
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) repair(copy, [...issue.path, key]);
    else repair(copy, issue.path);
  }
  return copy;
}

function repair(root: object, path: Path): void {
  const key = path.at(-1);
  const table = path.slice(0, -1).reduce<unknown>((inner, step) => (isTable(inner) ? Reflect.get(inner, step) : null), root);
  if (key === undefined || !isTable(table)) return;
  if (Array.isArray(table)) return repair(root, path.slice(0, -1));
  // The only required value that is a table is `[forge]`.
  const stand = placeholders.get(key);
  if (stand !== undefined) Reflect.set(table, key, stand);
  else if (Reflect.get(table, key) === undefined) Reflect.set(table, key, { url: 'http://x' });
  else Reflect.deleteProperty(table, key);
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
