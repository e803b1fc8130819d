import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { disinto, inShort, readExpectation, runDemo } from './demo.ts';
import { checkKept, sessionsOf } from './kept.ts';

const root = join(import.meta.dirname, '..', '..');
const foldersIn = (parent: string): string[] =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(parent, entry.name));
const folders = [...foldersIn(join(root, 'examples')), ...foldersIn(join(root, 'test', 'fixtures', 'demos'))];
const main = join(root, 'examples', 'parcel-rates');

let keep = '';
beforeEach(() => (keep = mkdtempSync(join(tmpdir(), 'e2e-'))));
afterEach(() => rmSync(keep, { recursive: true, force: true, maxRetries: 3 }));

it.each(folders.map((path) => [basename(path), path]))('%s ends as its expect.yaml says', { timeout: 240_000 }, async (_, folder) => {
  const expected = readExpectation(folder);
  const { code, finished } = await runDemo(folder, keep);
  expect(inShort(finished.issues)).toEqual(expected.issues);
  expect(finished.issues.filter((issue) => issue.state === 'merged').length).toBeGreaterThanOrEqual(expected.minimumMerges);
  expect({ code, ok: finished.ok }).toEqual({ code: 0, ok: true });
  for (const [issue, sessions] of sessionsOf(keep)) expect(sessions.length, `sessions of #${issue}: ${sessions.join(', ')}`).toBeLessThanOrEqual(15);
  await checkKept(keep, finished);
});

it('the main example with claude, for people: the same ends in a table', { timeout: 300_000 }, async () => {
  const expected = readExpectation(main);
  const { code, out } = await disinto(['demo', main, '--harness', 'claude', '--keep', keep], { seconds: 240 });
  const rows = [...out.matchAll(/^#(\d+) .* {2}(merged|closed|open|parked \((.+?)\))(?: +#\d+)? +(\d+) +(\d+) {2}/gm)].filter(
    (row) => Number(row[1]) <= expected.issues.length,
  );
  const read = rows.map(([, number, state = '', reason, ci, reviews]) => ({
    number: Number(number),
    state: state.replace(/ .*/, ''),
    ...(reason === undefined ? {} : { reason }),
    ciRounds: Number(ci),
    reviewRounds: Number(reviews),
  }));
  expect(read, out).toEqual(expected.issues);
  expect(out).toMatch(/^issue +title +end +PR +CI +reviews +merge +seconds +tokens$/m);
  expect(out).toMatch(/^9 merged, 1 closed, 3 parked, 0 open in \d+\.\d s$/m);
  expect(out).not.toContain('\u001b[');
  expect(code).toBe(0);
});
