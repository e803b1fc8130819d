import { z, type ZodType } from 'zod';
import type { Untrusted } from '#domain/untrusted';

/** Keeps text from outside from being passed by accident: it must go through `quote` first. */
type Values<V> = { readonly [Name in keyof V]: V[Name] extends Untrusted ? never : V[Name] };

/**
 * Fills `{{name}}` in a template; values are put in as they are and never expanded again. Throws a plain `Error` for a name
 * that the template wants and nobody gives, and for one that is given and not used: both are mistakes of ours.
 */
export function renderPrompt<const V extends Readonly<Record<string, string>>>(template: string, values: Values<V>): string {
  const given: Readonly<Record<string, string>> = values;
  const used = new Set<string>();
  const text = template.replaceAll(/\{\{\s*([A-Za-z][\w-]*)\s*\}\}/g, (_, name: string) => {
    const value = given[name];
    if (value === undefined) throw new Error(`The prompt template wants {{${name}}}, but no value was given.`);
    used.add(name);
    return value;
  });
  const unused = Object.keys(given).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`The prompt template does not use ${unused.map((name) => `{{${name}}}`).join(', ')}.`);
  return text;
}

/** Says how a session must end: one JSON object of this shape. Goes to the end of a prompt, and into the repair try. */
export function describeAnswer(schema: ZodType): string {
  const shape = { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), $schema: undefined };
  return [
    '# Your answer',
    '',
    'When the work is finished, end with one message that holds exactly one JSON object and nothing after it. Code reads it; without it, or with an object that does not fit, the work counts as failed. Write plain JSON: double quotes, no comments, no trailing commas. It must fit this JSON Schema:',
    '',
    '```json',
    JSON.stringify(shape, null, 2),
    '```',
  ].join('\n');
}

/** The second and last try, in the same conversation. */
export function repairPrompt(why: string, schema: ZodType): string {
  return `Your last message did not end with a valid answer:\n\n${why}\n\nThe work itself is not judged yet. Do not change any file now; send the answer again, correct and complete.\n\n${describeAnswer(schema)}\n`;
}
