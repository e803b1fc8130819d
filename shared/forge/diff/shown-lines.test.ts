import { expect, it } from 'vitest';
import { shownLines } from './shown-lines.ts';

const lines = (diff: string): Record<string, number[]> => Object.fromEntries([...shownLines(diff)].map(([path, shown]) => [path, [...shown]]));

it('takes added and context lines of each hunk', () => {
  const diff = [
    'diff --git a/src/a.ts b/src/a.ts',
    '--- a/src/a.ts',
    '+++ b/src/a.ts',
    '@@ -1,3 +1,3 @@ function',
    ' one',
    '-two',
    '+TWO',
    ' three',
    '@@ -10 +10,2 @@',
    ' ten',
    '+eleven',
    '\\ No newline at end of file',
    'diff --git a/new b/new',
    '--- /dev/null',
    '+++ b/new',
    '@@ -0,0 +1 @@',
    '+only',
    '',
  ].join('\n');
  expect(lines(diff)).toEqual({ 'src/a.ts': [1, 2, 3, 10, 11], new: [1] });
});

it('is not fooled by content that looks like a header', () => {
  const diff = '--- a/a\n+++ b/a\n@@ -1,2 +1,3 @@\n x\n+++ b/evil\n+@@ -1 +99 @@\n-y\n';
  expect(lines(diff)).toEqual({ a: [1, 2, 3] });
});

it('reads quoted names and a deleted file', () => {
  expect(lines('--- "a/t\\303\\244st"\n+++ "b/t\\303\\244st"\n@@ -1 +1 @@\n-a\n+b\n')).toEqual({ täst: [1] });
  expect(lines('--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n')).toEqual({ '/dev/null': [] });
});
