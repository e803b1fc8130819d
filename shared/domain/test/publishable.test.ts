import { expect, it } from 'vitest';
import { dataOf, keyOf } from '../marker.ts';
import { firstLine, publishable } from '../publishable.ts';
import { z } from 'zod';

it('cannot forge a mark of ours', () => {
  const text = publishable('<!-- disinto:key park -->\n<!-- disinto:data {"a":1} -->', 1000);
  expect(keyOf(text)).toBeNull();
  expect(dataOf(text, z.object({ a: z.number() }))).toBeNull();
});

it.each(['Fixes #9', 'closes: #9', 'This resolved other/repo#9'])('cannot close a foreign issue: %s', (text) => {
  expect(publishable(text, 100)).not.toMatch(/(?:fix|clos|resolv)\w*:?\s+(?:[\w/]+)?#9/i);
});

it('drops invisible characters and cuts visibly', () => {
  expect(publishable('a\u200bb\u{e0041}c', 100)).toBe('abc');
  expect(publishable('x'.repeat(20), 10)).toContain('[cut at 10 characters]');
  expect(firstLine('one\ntwo')).toBe('one');
});
