import type { z } from 'zod';

/**
 * Hidden marks in the text that we write to the forge: a key that makes a comment findable, and data that a later run reads
 * back. Marks only count in text that one of our own accounts wrote; whoever reads them checks the author first.
 */

/** First line of a keyed comment. `key` is `[a-z0-9-]+(/…)?`. */
export function keyMark(key: string): string {
  return `<!-- disinto:key ${key} -->`;
}

/** The key of a comment body, or null. Only the first line counts, so that a quoted mark inside the text is nothing. */
export function keyOf(body: string): string | null {
  return /^<!-- disinto:key ([a-z0-9][a-z0-9/.-]*) -->/.exec(body)?.[1] ?? null;
}

/** A hidden JSON document on one line. `<`, `>` and the line separators that JSON allows are escaped, so that no content can close or break the mark. */
export function dataMark(data: unknown): string {
  const json = JSON.stringify(data).replace(/[<>\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `<!-- disinto:data ${json} -->`;
}

/** The last hidden document in a body that fits the schema, or null. */
export function dataOf<T>(body: string, schema: z.ZodType<T>): T | null {
  const found = [...body.matchAll(/<!-- disinto:data (.*?) -->/g)].at(-1)?.[1];
  if (found === undefined) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(found));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
