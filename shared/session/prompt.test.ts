import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeAnswer, renderPrompt, repairPrompt } from './prompt.ts';
import { quote } from './quote.ts';
import { untrusted } from '#domain/untrusted';

it('fills names, and never expands what was filled in', () => {
  expect(renderPrompt('{{a}} and {{ b-2 }} and {{a}}', { a: '{{b-2}} $& $1', 'b-2': 'two' })).toBe('{{b-2}} $& $1 and two and {{b-2}} $& $1');
});

it('refuses a name that is missing or not used', () => {
  expect(() => renderPrompt('{{a}}', {})).toThrow('{{a}}');
  expect(() => renderPrompt('no names', { b: 'x' })).toThrow('does not use {{b}}');
});

it('takes outside text only when it is quoted', () => {
  const text = untrusted('hello');
  // @ts-expect-error unquoted text from outside
  renderPrompt('{{text}}', { text });
  expect(renderPrompt('{{text}}', { text: quote(text, { source: 'a comment', maxBytes: 100 }) })).toContain('hello');
});

it('describes the answer by its schema, in the prompt and in the repair try', () => {
  const schema = z.strictObject({
    status: z.enum(['done']),
    when: z
      .string()
      .transform((text) => new Date(text))
      .optional(),
  });
  expect(describeAnswer(schema)).toMatch(/"enum": \[\s+"done"\s+\]/);
  expect(repairPrompt('status is missing', schema)).toMatch(/status is missing[\s\S]*JSON Schema/);
});
