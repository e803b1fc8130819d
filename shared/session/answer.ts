import { z, type ZodType } from 'zod';

export type AnswerCheck<T> = { readonly kind: 'valid'; readonly answer: T } | { readonly kind: 'invalid'; readonly why: string };

const longestText = 200_000;
/** Characters looked at in all: text that is nothing but open braces must not cost minutes. */
const mostSteps = 10_000_000;

/**
 * The answer at the end of a model's last message: bare, fenced, or with prose around it. Of several JSON objects the last one
 * that fits the schema counts. `why` says exactly what is wrong, for the repair try.
 */
export function checkAnswer<T>(text: string, schema: ZodType<T>): AnswerCheck<T> {
  const objects = findObjects(text);
  const last = objects.at(-1);
  if (last === undefined)
    return { kind: 'invalid', why: text.trim() === '' ? 'The last message was empty.' : 'The last message holds no complete JSON object.' };
  for (const object of objects.toReversed()) {
    const parsed = schema.safeParse(object);
    if (parsed.success) return { kind: 'valid', answer: parsed.data };
  }
  const error = schema.safeParse(last).error;
  return { kind: 'invalid', why: error === undefined ? 'The JSON object does not fit.' : z.prettifyError(error) };
}

/** Every JSON object of a text that is not inside another one, in order. Braces in strings and in prose do not confuse it. */
export function findObjects(text: string): readonly unknown[] {
  const source = text.slice(-longestText);
  const found: unknown[] = [];
  let steps = 0;
  for (let at = source.indexOf('{'); at !== -1 && steps < mostSteps;) {
    const end = closingBrace(source, at);
    steps += (end === -1 ? source.length : end) - at;
    const object = end === -1 ? undefined : parse(source.slice(at, end + 1));
    if (object !== undefined) found.push(object);
    at = source.indexOf('{', object === undefined ? at + 1 : end + 1);
  }
  return found;
}

function closingBrace(source: string, from: number): number {
  let depth = 0;
  let inString = false;
  for (let at = from; at < source.length; at += 1) {
    const char = source[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth += 1;
    else if (char === '}' && (depth -= 1) === 0) return at;
  }
  return -1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
