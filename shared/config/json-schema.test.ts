import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchema } from './json-schema.ts';

it('docs/disinto.schema.json is current (else run: make schema)', () => {
  expect(readFileSync('docs/disinto.schema.json', 'utf8')).toBe(jsonSchema());
});

it('names the keys of the file and refuses others', () => {
  const schema = JSON.parse(jsonSchema());
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties)).toEqual(['instance', 'forge', 'projects', 'agents', 'backends', 'session', 'webhook']);
});
