import { describe, expect, it } from 'vitest';
import { parsePushCommands } from '../git/receive.ts';
import { isSafeRef } from '../git/ref.ts';
import { globPattern } from '../rules/glob.ts';
import { mentionsIn } from '../rules/mention.ts';

describe('globs', () => {
  it.each([
    ['ci/*', null, 'ci/a/b', true],
    ['release/*', '/', 'release/1', true],
    ['release/*', '/', 'release/1/2', false],
    ['release/**', '/', 'release/1/2', true],
    ['ma?n', '/', 'main', true],
    ['{main,dev}', '/', 'dev', true],
    ['{main,dev}', '/', 'de', false],
    ['[a-c]x', '/', 'bx', true],
    ['[!a-c]x', '/', 'bx', false],
    ['a.c', '/', 'abc', false],
    ['a\\*c', '/', 'a*c', true],
    ['a\\*c', '/', 'abc', false],
    ['{broken', '/', '{broken', true],
    ['', '/', '', true],
  ] as const)('%s with separator %s matches %s: %s', (glob, separator, text, matches) => {
    expect(globPattern(glob, separator).test(text)).toBe(matches);
  });
});

describe('mentions', () => {
  it.each([
    ['Fixes #3', [3], [3]],
    ['closes: #1, resolved #2 and see #4', [1, 2, 4], [1, 2]],
    ['prefixes #3', [3], []],
    ['see demo/app#5 not other/app#6', [5], []],
    ['`#1` and ```\nFixes #2\n```', [], []],
    ['<!-- Fixes #1 --> hidden', [], []],
    ['#0 #01 a#3 &#39;', [], []],
    ['Fixes #3.', [3], [3]],
  ] as const)('%s', (text, named, closes) => {
    const found = mentionsIn(text, 'demo/app');
    expect([[...found.named].toSorted((a, b) => a - b), [...found.closes]]).toEqual([named, closes]);
  });
});

it('takes refs that stay inside the repository and no others', () => {
  const refs = ['refs/heads/a', 'refs/../HEAD', 'refs/heads/a..b', 'refs/heads/', 'HEAD', 'refs/heads/a b', 'refs/heads/ä', 'refs//x', 'refs/heads/a\0'];
  expect(refs.map(isSafeRef)).toEqual([true, false, false, false, false, false, true, false, false]);
});

it('reads the commands of a push from any cut of its bytes', () => {
  const [a, b] = ['1'.repeat(40), '2'.repeat(40)];
  const lines = [`shallow ${a}\n`, `${a} ${b} refs/heads/x\0 report-status atomic`, `${b} ${a} refs/heads/ä`];
  const packet = (line: string): string => (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
  const bytes = Buffer.from(`${lines.map(packet).join('')}0000PACK`);
  for (let end = 0; end < bytes.length - 4; end += 1) expect(parsePushCommands(bytes.subarray(0, end))).toBe(null);
  expect(parsePushCommands(bytes)).toEqual([
    { before: a, after: b, ref: 'refs/heads/x' },
    { before: b, after: a, ref: 'refs/heads/ä' },
  ]);
  expect(() => parsePushCommands(Buffer.from('GET / HTTP'))).toThrow('packet lines');
});
