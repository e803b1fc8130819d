import { expect, it } from 'vitest';
import { deviations } from './description.ts';
import type { Exchange } from './recorder.ts';

it("Forgejo's own API description would not pass an unknown endpoint, parameter, property or type", () => {
  const good: Exchange = { method: 'get', path: '/repos/o/r/issues', query: ['since'], requestBody: '', status: 200, contentType: '', responseBody: '[]' };
  expect(deviations(good)).toEqual([]);
  const post = { ...good, method: 'post', query: [], status: 201, responseBody: '{}' };
  const bad: readonly Exchange[] = [
    { ...good, path: '/repos/o/r/nosuch' },
    { ...good, query: ['sort'] },
    { ...good, responseBody: '[{"number":"1"}]' },
    { ...good, responseBody: '[{"updated_at":"yesterday"}]' },
    { ...good, status: 500 },
    { ...post, requestBody: '{"body":"no title"}' },
    { ...post, requestBody: '{"title":"t","labels":["name"]}' },
    { ...post, requestBody: '{"title":"t","colour":"red"}' },
  ];
  expect(bad.map((each) => deviations(each).length)).toEqual(bad.map(() => 1));
});
