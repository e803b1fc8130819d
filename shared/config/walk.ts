import { z } from 'zod';
import type { Path } from './toml.ts';

/** The schema of the value at a path, or null where the schema knows nothing of it. */
export function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | null {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, rest);
  if (inner instanceof z.ZodArray) return schemaAt(inner.element, rest);
  if (!(inner instanceof z.ZodObject)) return null;
  const next: z.core.$ZodType | undefined = inner.shape[String(key)];
  return next === undefined ? null : schemaAt(next, rest);
}

/** The keys that a table may have. */
export function keysOf(schema: z.core.$ZodType | null): readonly string[] {
  const inner = schema === null ? null : unwrap(schema);
  if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
  return inner === null ? [] : keysWritten(z.globalRegistry.get(inner));
}

/** A value that is parsed by hand (a schedule) says in its JSON Schema how it is written. */
function keysWritten(json: unknown): readonly string[] {
  const found = z.object({ anyOf: z.array(z.object({ properties: z.record(z.string(), z.unknown()).default({}) })) }).safeParse(json);
  return found.success ? found.data.anyOf.flatMap(({ properties }) => Object.keys(properties)) : [];
}

/** What the schema says a value is for, or null. */
export function descriptionOf(schema: z.core.$ZodType | null): string | null {
  if (schema === null) return null;
  return z.globalRegistry.get(schema)?.description ?? null;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}
