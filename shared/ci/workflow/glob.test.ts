import { expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

it.each([
  ['main', 'main', true],
  ['main', 'maint', false],
  ['*', 'main', true],
  ['*', 'a/b', false],
  ['**', 'a/b/c', true],
  ['fix/*', 'fix/a', true],
  ['fix/*', 'fix/a/b', false],
  ['fix\\/*', 'fix/a', true],
  ['docs/**', 'docs/a/b.md', true],
  ['docs/**', 'docs', true],
  ['docs/**', 'src/docs/a', false],
  ['**/*.md', 'a.md', true],
  ['**/*.md', 'x/y/a.md', true],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**.txt', 'a/x/y.txt', false],
  ['a/**.txt', 'a/y.txt', true],
  ['*.{js,ts}', 'a.ts', true],
  ['{src,lib/{a,b}}/**', 'lib/b/x', true],
  ['{src,lib/{a,b}}/**', 'lib/c/x', false],
  ['?.ts', 'a.ts', true],
  ['?.ts', 'ab.ts', false],
  ['[a-c].ts', 'b.ts', true],
  ['[!a-c].ts', 'b.ts', false],
  ['[^a-c].ts', 'd.ts', true],
  ['a.ts', 'axts', false],
  ['\\*.ts', '*.ts', true],
  ['\\*.ts', 'a.ts', false],
  ['.*', '.gitignore', true],
  ['*', '.gitignore', true],
  ['[unclosed', '[unclosed', true],
  ['{unclosed', '{unclosed', true],
  ['release/**', 'release/1.0/x', true],
])('%s against %s: %s', (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});

it('stays quick on a pattern made to be slow', () => {
  expect(matchesGlob(`${'*a'.repeat(12)}b`, 'a'.repeat(60))).toBe(false);
});
