import { expect, it } from 'vitest';
import { classifyFailure, readable, statusIn } from './failure.ts';

it.each([
  ['401 {"type":"error","error":{"type":"authentication_error"}}', 'auth'],
  ['403 forbidden', 'auth'],
  ['Your credit balance is too low', 'auth'],
  ['429 {"error":{"message":"This request would exceed your rate limit"}}', 'rate'],
  ['You exceeded your current quota', 'rate'],
  ['API Error: Request rejected (429) · slow down', 'rate'],
  ['500 internal error', 'overload'],
  ['529 {"type":"overloaded_error"}', 'overload'],
  ['API Error: 503 upstream', 'overload'],
  ['400 prompt is too long: 250000 tokens > 200000 maximum', 'context'],
  ["This model's maximum context length is 128000 tokens", 'context'],
  ['413 request too large', 'context'],
  ['terminated', 'network'],
  ['fetch failed', 'network'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'network'],
  ['API Error: Connection to the API was lost (ECONNRESET).', 'network'],
  ['API Error: Connection to the API was lost (StreamTruncated).', 'protocol'],
  ['Anthropic stream ended before message_stop', 'protocol'],
  ['Unexpected token < in JSON at position 0', 'protocol'],
  ['404 model not found', 'protocol'],
  ['something else', 'protocol'],
] as const)('%s is %s', (text, kind) => expect(classifyFailure(text)).toBe(kind));

it('a reported status wins over the words', () => {
  expect(classifyFailure('Connection trouble', 429)).toBe('rate');
  expect(statusIn('no status here 12')).toBeNull();
});

it('says what the endpoint said, without its JSON', () => {
  expect(readable('401 {"type":"error","error":{"message":"invalid \\"key\\""}}')).toBe('401 invalid "key"');
  expect(readable('disinto API error (429): {"message":"slow down","code":"x"}')).toBe('429 slow down');
  expect(readable('terminated\n')).toBe('terminated');
});
