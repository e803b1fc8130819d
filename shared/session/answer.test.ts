import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkAnswer, findObjects } from './answer.ts';

const Answer = z.strictObject({ status: z.enum(['done', 'no']), summary: z.string() });
const good = '{"status":"done","summary":"a } in { a \\"string\\""}';
const read = { kind: 'valid', answer: { status: 'done', summary: 'a } in { a "string"' } };

describe('checkAnswer', () => {
  it.each([
    ['bare', good],
    ['fenced', `\`\`\`json\n${good}\n\`\`\``],
    ['with prose around', `Here it is: ${good} That is all.`],
    ['after another object', `I wrote {"a": 1} into a file.\n${good}`],
    ['before an object that does not fit', `${good}\nThe file is {"a": {"b": 2}}.`],
    ['after braces that are no JSON', `function f() { return { x: 1 }; } and { unclosed\n${good}`],
    ['after quotes that never close', `He said 5" {and left\n${good}`],
    ['inside an object that is no JSON', `{ answer: ${good} }`],
    ['pretty', JSON.stringify(JSON.parse(good), null, 2)],
  ])('finds it %s', (_, text) => expect(checkAnswer(text, Answer)).toEqual(read));

  it('takes the last of several that fit', () => {
    expect(checkAnswer(`{"status":"no","summary":"first"} ${good}`, Answer)).toEqual(read);
  });

  it.each([
    ['', 'The last message was empty.'],
    ['I am done.', 'no complete JSON object'],
    ['{"status":"done","summary":"cut', 'no complete JSON object'],
    ['{"status":"perhaps","summary":1,"more":true}', 'status'],
    ['[1, 2]', 'no complete JSON object'],
  ])('says what is wrong with %j', (text, why) => expect(checkAnswer(text, Answer)).toMatchObject({ kind: 'invalid', why: expect.stringContaining(why) }));
});

it('a text of braces costs no time worth speaking of', () => {
  expect(findObjects('{'.repeat(150_000))).toEqual([]);
});
