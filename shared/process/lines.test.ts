import { expect, it } from 'vitest';
import { splitLines } from './lines.ts';

function split(maxBytes: number, ...chunks: readonly (string | Buffer)[]): readonly string[] {
  const lines: string[] = [];
  const splitter = splitLines(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk as string));
  splitter.end();
  return lines;
}

it('joins chunks into lines and hands over a last line without newline', () => {
  expect(split(100, 'a\nb', 'c\r\n', '\nend')).toEqual(['a', 'bc', '', 'end']);
});

it('keeps a character whole that two chunks share', () => {
  const bytes = Buffer.from('ä€😀\n');
  const lines = split(100, bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4, 7), bytes.subarray(7));
  expect(lines).toEqual(['ä€😀']);
});

it('cuts a line that is too long, says so, and goes on with the next', () => {
  expect(split(4, 'abc', 'defgh', 'ij\nok\n', 'xxxxx')).toEqual(['abcd… [6 more bytes cut]', 'ok', 'xxxx… [1 more bytes cut]']);
});
