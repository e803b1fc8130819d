import { describe, expect, it } from 'vitest';
import type { Sha } from '#domain/sha';
import type { ChangedFile, Commit } from '#git';
import { judgeChange } from './change.ts';
import type { ChangeRequest } from './request.ts';

type Tree = Readonly<Record<string, string>>;
const policy = { maxChangedFiles: 5, maxChangedLines: 100, maxFileBytes: 1000, protectedPaths: ['migrations/**'] };
const secret = ['gh', 'p_Zk3Qp8vT1mWx7LrB5nYd2CsH9jKe4GfA6uRo'].join('');

/** A history of trees, `from` first; links are written as `-> target`. */
function judge(trees: readonly Tree[], more: Partial<ChangeRequest> & { readonly messages?: readonly string[]; readonly base?: Tree } = {}) {
  const at = new Map<string, Tree>(trees.map((tree, index) => [`c${index}`, tree]));
  if (more.base !== undefined) at.set('base', more.base);
  const last = `c${trees.length - 1}`;
  const read = (commit: string, path: string): string | undefined => at.get(commit)?.[path];
  const objects: ChangeRequest['objects'] = {
    readFile: async (commit, path) => {
      const text = read(commit, path);
      return text === undefined ? null : Buffer.from(text.replace(/^-> /, ''), text.startsWith('\uFEFF') ? 'utf16le' : 'utf8');
    },
    listChangedFiles: async (from, to) => changes(at.get(from) ?? {}, at.get(to) ?? {}),
    mergeBase: async () => null,
  };
  const commits = trees
    .slice(1)
    .map((_, index) =>
      commit(`c${index + 1}`, [`c${index}`, ...(more.base !== undefined && index === trees.length - 2 ? ['base'] : [])], more.messages?.[index] ?? 'Work'),
    );
  const { messages: _messages, base: _base, ...rest } = more;
  const files = changes(trees[0] ?? {}, at.get(last) ?? {});
  return judgeChange({
    files,
    commits,
    texts: [],
    objects,
    from: 'c0' as Sha,
    to: last as Sha,
    policy,
    ...(more.base === undefined ? {} : { merge: 'base' as Sha }),
    ...rest,
  });
}

function commit(sha: string, parents: readonly string[], message: string): Commit {
  return { sha: sha as Sha, tree: sha as Sha, parents: parents as readonly Sha[], author: 'dev', message, trailers: {}, at: new Date(0) };
}

function changes(from: Tree, to: Tree): readonly ChangedFile[] {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((path) => from[path] !== to[path]);
  return paths.map((path) => {
    const now = to[path];
    const change = now === undefined ? 'deleted' : from[path] === undefined ? 'added' : 'modified';
    const mode = (now ?? from[path] ?? '').startsWith('-> ') ? '120000' : '100644';
    return { path, change, mode, additions: now?.split('\n').length ?? 0, deletions: from[path]?.split('\n').length ?? 0, binary: false };
  });
}

describe('size', () => {
  it('is ok, or empty', async () => {
    expect(await judge([{}, { 'a.ts': 'x' }])).toEqual({ kind: 'ok' });
    expect(await judge([{ 'a.ts': 'x' }, { 'a.ts': 'x' }])).toEqual({ kind: 'empty' });
  });
  it('has limits for files, lines and bytes', async () => {
    expect(await judge([{}, { a: '', b: '', c: '', d: '', e: '', f: '' }])).toMatchObject({ kind: 'too-large', why: expect.stringContaining('6 files') });
    expect(await judge([{}, { a: '\n'.repeat(100) }])).toMatchObject({ kind: 'too-large', why: expect.stringContaining('lines') });
    expect(await judge([{}, { a: 'x'.repeat(1001) }])).toMatchObject({ kind: 'too-large', why: expect.stringContaining('1001 bytes') });
  });
  it('counts a file that a later commit takes away again, and none that comes with the base', async () => {
    const big = { 'a.bin': 'x'.repeat(1001) };
    expect(await judge([{}, big, { b: '' }])).toMatchObject({ kind: 'too-large', why: expect.stringContaining('1001 bytes') });
    expect(await judge([{ b: '' }, { b: '', ...big }], { base: big, files: [] })).toEqual({ kind: 'empty' });
  });
});

describe('secrets', () => {
  it('are found in added lines, with place and rule, without the bytes', async () => {
    const verdict = await judge([{ 'a.ts': 'one\n' }, { 'a.ts': `one\nkey = ${secret}\n` }]);
    expect(verdict).toEqual({ kind: 'secret', findings: [{ path: 'a.ts', line: 2, rule: 'GitHub token' }] });
    expect(JSON.stringify(verdict)).not.toContain(secret);
  });
  it('that were there before do not count, even when their line moves', async () => {
    expect(await judge([{ 'a.ts': `key = ${secret}\n` }, { 'a.ts': `more\nkey = ${secret}\n` }])).toEqual({ kind: 'ok' });
    expect(await judge([{ 'a.ts': `key = ${secret}\n` }, { 'b.ts': `key = ${secret}\n` }])).toEqual({ kind: 'ok' });
  });
  it('leak when one commit adds and the next removes them', async () => {
    expect(await judge([{}, { 'a.ts': secret }, { 'a.ts': 'clean' }])).toMatchObject({ kind: 'secret', findings: [{ path: 'a.ts', line: 1 }] });
  });
  it('are found in messages, answers, names, and by value', async () => {
    expect(await judge([{}, { a: 'x' }], { messages: [`Use ${secret}`] })).toMatchObject({ kind: 'secret', findings: [{ path: '(message of commit c1)' }] });
    expect(await judge([{}, { a: 'x' }], { texts: ['fine', `see ${secret}`] })).toMatchObject({ kind: 'secret', findings: [{ path: '(the answer)' }] });
    expect(await judge([{}, { [secret]: 'x' }])).toMatchObject({ kind: 'secret' });
    expect(await judge([{}, { a: 'my hunter2 word' }], { holdsKnownSecret: (text) => text.includes('hunter2') })).toMatchObject({
      kind: 'secret',
      findings: [{ rule: 'known secret' }],
    });
  });
  it('are found in UTF-16, with or without a mark', async () => {
    const text = `\uFEFFone\r\nkey = ${secret}\r\n`;
    expect(await judge([{}, { 'a.txt': text }])).toMatchObject({ kind: 'secret', findings: [{ path: 'a.txt', line: 2 }] });
    const bigEndian = [...text.slice(1)].map((letter) => `\0${letter}`).join('');
    expect(await judge([{}, { 'a.txt': bigEndian }])).toMatchObject({ kind: 'secret' });
    expect(await judge([{ 'a.txt': text }, { 'a.txt': `${text}more` }])).toEqual({ kind: 'ok' });
  });
  it('of the base that was merged in are not the session’s doing', async () => {
    const base = { 'a.ts': `key = ${secret}\n` };
    expect(await judge([{ 'b.ts': 'x' }, { 'b.ts': 'x', ...base }], { base, files: [] })).toEqual({ kind: 'empty' });
  });
  it('weigh more than protected paths', async () => {
    expect(await judge([{}, { 'AGENTS.md': secret }])).toMatchObject({ kind: 'secret' });
  });
});

describe('protected', () => {
  const paths = async (...of: Parameters<typeof judge>): Promise<readonly string[]> => {
    const verdict = await judge(...of);
    return verdict.kind === 'protected' ? verdict.paths.map(({ path, why }) => `${path}: ${why}`) : [verdict.kind];
  };
  it('are CI, instructions and the project’s own globs, deleted ones too', async () => {
    expect(await paths([{ '.woodpecker/a.yaml': 'x' }, { 'CLAUDE.md': 'x', 'migrations/1.sql': 'x' }])).toEqual([
      '.woodpecker/a.yaml: CI configuration',
      'CLAUDE.md: agent instructions',
      'migrations/1.sql: a protected path of this project',
    ]);
  });
  it('are links that lead out, and no others', async () => {
    expect(await paths([{}, { 'a/in': '-> ../b', 'a/out': '-> ../../b' }])).toEqual(['a/out: a symbolic link that leads out of the workspace']);
  });
  it('are attributes that run something, not plain ones', async () => {
    expect(await paths([{}, { '.gitattributes': '* text=auto\n' }])).toEqual(['ok']);
    expect(await paths([{}, { 'x/.gitattributes': '*.bin filter=evil\n' }])).toEqual(['x/.gitattributes: git attributes that run a filter or driver']);
  });
  it('are submodules', async () => {
    const file: ChangedFile = { path: 'lib', change: 'added', mode: '160000', additions: 1, deletions: 0, binary: false };
    expect(await paths([{}, { lib: '' }], { files: [file] })).toEqual(['lib: a submodule']);
  });
  it('are deleted test files; a moved one is not deleted', async () => {
    const test = "it('a', () => {\n  expect(1).toBe(1);\n});\n";
    expect(await paths([{ 'a.test.ts': test }, {}])).toEqual(['a.test.ts: a test file is deleted']);
    expect(await paths([{ 'a.test.ts': test }, { 'b/a.test.ts': `import x;\n${test}` }])).toEqual(['ok']);
    expect(await paths([{ 'a.test.ts': test }, { 'a.test.ts.bak': test }])).toEqual(['a.test.ts: a test file is deleted']);
    expect(await paths([{ 'a.test.ts': test }, { 'b.test.ts': `${test}it.skip('b', () => {});` }])).toEqual([
      'b.test.ts: 1 more skipped, focused or unfinished test',
    ]);
    expect(await paths([{ 'a.test.ts': test }, { 'a.test.ts': '-> b.test.ts' }])).toEqual(['a.test.ts: a test file is deleted']);
  });
  it('are programs and data of a test folder that are deleted or moved out of it', async () => {
    const run = '#!/bin/sh\nset -e\n./app | diff - out\n';
    expect(await paths([{ 'test/run': run }, {}])).toEqual(['test/run: a test file is deleted']);
    expect(await paths([{ 'testing/cases.txt': run }, {}])).toEqual(['testing/cases.txt: a test file is deleted']);
    expect(await paths([{ 'test/run': run }, { 'tools/run': run }])).toEqual(['test/run: a test file is deleted']);
    expect(await paths([{ 'test/a.test.ts': "it('a', f);" }, { 'src/a.ts': "it('a', f);" }])).toEqual(['test/a.test.ts: a test file is deleted']);
    expect(await paths([{ 'test/run': run }, { 'test/all/run': run }])).toEqual(['ok']);
    expect(await paths([{ 'test/README.md': 'x' }, {}])).toEqual(['ok']);
    expect(await paths([{ 'test/run': run }, { 'test/run': '#!/bin/sh\nexit 0\nset -e\n./app | diff - out\n' }])).toEqual([
      'test/run: 1 more skipped, focused or unfinished test',
    ]);
    expect(await paths([{ 'test/run': run }, { 'test/run': '#!/bin/sh\necho fine\n' }])).toEqual(['test/run: 1 test without the assertions there were']);
    expect(await paths([{ 'test/run': run }, { 'test/run': '' }])).toEqual(['test/run: a test file is emptied']);
  });
  it('are settings that leave tests out, unless they come with the base', async () => {
    const ini = { 'pytest.ini': '[pytest]\naddopts = --ignore=tests/a.py\n' };
    expect(await paths([{}, ini])).toEqual(['pytest.ini: a setting that leaves tests out']);
    expect(await paths([{ a: '' }, { a: '', 'pytest.ini': `${ini['pytest.ini']}# mine` }], { base: ini })).toEqual(['ok']);
  });
  it('cases that move to another test file are not removed', async () => {
    const two = "it('a', f);\nit('b', f);\n";
    expect(await paths([{ 'a.test.ts': two }, { 'a.test.ts': "it('a', f);\n" }])).toEqual(['a.test.ts: 1 test case removed']);
    expect(await paths([{ 'a.test.ts': two }, { 'a.test.ts': "it('a', f);\n", 'b.test.ts': "it('b', f);\n" }])).toEqual(['ok']);
  });
  it('in a merge only what is weaker than both sides counts', async () => {
    const two = "it('a', f);\nit('b', f);\n";
    const one = "it('a', f);\n";
    expect(await paths([{ 'a.test.ts': two }, { 'a.test.ts': `${one}// mine` }], { base: { 'a.test.ts': one } })).toEqual(['ok']);
    expect(await paths([{ 'a.test.ts': two }, { 'a.test.ts': `${one}// mine` }], { base: { 'a.test.ts': two } })).toEqual(['a.test.ts: 1 test case removed']);
  });
});
