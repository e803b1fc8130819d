import type { z } from 'zod';
import type { Place } from './yaml.ts';

/** Collects the problems of one file. */
export interface Report {
  (place: Place, problem: string): void;
}

/** Holds a value against an object's shape. A key that the shape lacks is a problem of its own, named with those that work. */
export function checkObject<S extends z.ZodRawShape>(shape: z.ZodObject<S>, value: unknown, at: Place, report: Report): z.output<z.ZodObject<S>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(at, `${label(at)} must be a map`);
    return null;
  }
  return checkValue(shape, value, at, report, Object.keys(shape.shape));
}

/** Holds a value against a schema; null when it does not fit (then the problems are reported). */
export function checkValue<T>(schema: z.ZodType<T>, value: unknown, at: Place, report: Report, supported: readonly string[] = []): T | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const place = [...at, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) report([...place, key], `key "${key}" is not supported here; supported: ${supported.join(', ')}`);
    } else report(place, `${label(place)} ${issue.message}`);
  }
  return null;
}

const label = (place: Place): string => `"${place.findLast((part) => typeof part === 'string') ?? 'the file'}"`;
