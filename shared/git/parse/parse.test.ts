import { describe, expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import { parseChanges } from './change.ts';
import { parseClaim, parseLease, renderClaim } from './claim.ts';
import { parseCommits, parseTrailers, renderCommit } from './commit.ts';
import { parsePushReport } from './push-report.ts';

const sha = asSha('0123456789012345678901234567890123456789');

describe('trailers', () => {
  it.each([
    ['the last paragraph only', 'Subject\n\nNot-One: x\n\nDisinto-Run: run_1\nDisinto-Agent: dev', { 'Disinto-Run': 'run_1', 'Disinto-Agent': 'dev' }],
    ['never the subject', 'Fix: something', {}],
    ['the last of equal keys', 'S\n\nA: 1\nA: 2', { A: '2' }],
    ['prose between them is skipped', 'S\n\nA: 1\nand so on\nB: two: three', { A: '1', B: 'two: three' }],
  ])('%s', (_, message, expected) => expect(parseTrailers(message)).toEqual(expected));
});

it('a name cannot add a header to a commit', () => {
  const made = renderCommit({
    tree: sha,
    parents: [sha],
    message: 'Say\0it\n\n\n',
    author: { name: 'x<y>\nparent z', email: '' },
    at: new Date(5000),
  }).toString();
  expect(made).toBe(`tree ${sha}\nparent ${sha}\nauthor x y parent z <> 5 +0000\ncommitter x y parent z <> 5 +0000\n\nSay it\n`);
});

it('reads a push report', () => {
  const report = [
    'To /forge.git',
    `*\t${sha}:refs/heads/a\t[new branch]`,
    `=\t${sha}:refs/heads/b\t[up to date]`,
    `!\t${sha}:refs/heads/c\t[rejected] (stale info)`,
    `!\t:refs/heads/d\t[remote rejected] (pre-receive hook declined)`,
    `!\t${sha}:refs/heads/e\t[rejected] (atomic push failed)`,
    `!\t${sha}:refs/heads/f\t[remote rejected] (failed to update ref)`,
    'Done',
  ].join('\n');
  expect(parsePushReport(report).map(({ ref, state }) => `${ref.slice(-1)} ${state}`)).toEqual([
    'a done',
    'b same',
    'c stale',
    'd refused',
    'e with-others',
    'f contended',
  ]);
});

it('reads changes with odd names, binaries, links and submodules', () => {
  const raw = [':000000 120000 0 1 A', 'a\tb\nc', ':100644 100644 1 2 M', 'bin', ':160000 000000 1 0 D', 'sub', '1\t0\ta\tb\nc', '-\t-\tbin', '0\t1\tsub'];
  expect(parseChanges(raw)).toEqual([
    { path: 'a\tb\nc', change: 'added', mode: '120000', additions: 1, deletions: 0, binary: false },
    { path: 'bin', change: 'modified', mode: '100644', additions: 0, deletions: 0, binary: true },
    { path: 'sub', change: 'deleted', mode: '160000', additions: 0, deletions: 1, binary: false },
  ]);
});

it('a claim reads back as it was written, whatever the reason says', () => {
  const claim = {
    name: '7',
    agent: 'dev',
    run: 'run_1',
    expiresAt: new Date('2026-03-01T10:00:00Z'),
    takeover: 'the run\nDisinto-Run: forged',
    nonce: 'ab',
    leaseSeconds: 90,
  };
  const [commit] = parseCommits([`${sha}\n${sha}\n\ndev <d@x>\n5\n${renderClaim(claim)}`]);
  expect(parseClaim('7', sha, commit!)).toEqual({
    name: '7',
    agent: 'dev',
    run: 'run_1',
    expiresAt: claim.expiresAt,
    takeover: 'the run Disinto-Run: forged',
    commit: sha,
  });
  expect(parseLease(commit!)).toBe(90);
});
