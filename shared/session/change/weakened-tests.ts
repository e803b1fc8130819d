import type { ChangedFile } from '#git';
import { countEmptied, countLost, nameOf } from './cases.ts';
import { languageByContent, languageOf, type Language } from './languages.ts';
import { stripComments } from './strip-comments.ts';
import type { ChangeRequest, ProtectedPath } from './request.ts';

/** One test file before and after; a file that was moved is one file. */
interface Pair {
  readonly path: string;
  readonly language: Language;
  /** Null when the file is new. */
  readonly before: string | null;
  readonly after: string;
  readonly movedFrom: string | null;
}

interface Version {
  readonly path: string;
  readonly language: Language;
  readonly text: string;
}

/** Tests that the change deletes, skips or removes. Comments do not count, so commenting a test out removes it. */
export async function findWeakenedTests(request: ChangeRequest): Promise<readonly ProtectedPath[]> {
  const { from, merge = null } = request;
  const found = await comparedWith(request, from);
  if (merge === null || found.length === 0) return found;
  // In a merge, what the base did is not the session's doing: only what is weaker than both sides counts.
  const againstBase = new Set((await comparedWith(request, merge)).map(({ path }) => path));
  return found.filter(({ path }) => againstBase.has(path));
}

async function comparedWith(request: ChangeRequest, from: ChangeRequest['from']): Promise<readonly ProtectedPath[]> {
  const changed = request.files.filter((file) => languageOf(file.path) !== null);
  const old = await readAll(request, from, changed);
  const now = await readAll(
    request,
    request.to,
    changed.filter((file) => file.mode !== '120000'),
  );
  const gone = old.filter((version) => !now.some((each) => each.path === version.path));
  const added = now.filter((version) => !old.some((each) => each.path === version.path));
  const moves = new Map(gone.flatMap((version) => movedTo(version, added)));
  const deleted = gone.filter((version) => isTestFile(version) && !moves.has(version.path));
  const pairs = now.map((version) => pairOf(version, old, moves));
  const known = new Set(added.concat(now).flatMap((version) => testNames(version)));
  return [...deleted.map(({ path }) => ({ path, why: 'a test file is deleted' })), ...pairs.flatMap((pair) => weaknessOf(pair, known))];
}

async function readAll({ objects }: ChangeRequest, at: ChangeRequest['from'], files: readonly ChangedFile[]): Promise<readonly Version[]> {
  const versions: Version[] = [];
  for (const { path } of files) {
    const language = languageOf(path);
    const content = language === null ? null : await objects.readFile(at, path);
    if (language === null || content === null) continue;
    const text = content.toString('utf8');
    versions.push({ path, language: languageByContent(language, text), text });
  }
  return versions;
}

/** Some languages keep tests beside the code: a file with test cases is a test file wherever it lies. */
function isTestFile({ path, language, text }: Version): boolean {
  return language.isTestPath(path) || (language.testsAnywhere && count(text, language, language.cases) > 0);
}

function movedTo(version: Version, added: readonly Version[]): readonly (readonly [string, string])[] {
  // A test that leaves the places of tests is gone; what only helped them may be of use elsewhere.
  const helper = !version.language.scripts && version.language.names.source !== '(?!)' && count(version.text, version.language, version.language.cases) === 0;
  const target = added.find((each) => each.language === version.language && (helper || isTestFile(each)) && likeness(version.text, each.text) >= 0.6);
  return target === undefined ? [] : [[version.path, target.path]];
}

/** Share of the old lines that the new text still has. */
function likeness(before: string, after: string): number {
  const lines = before
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const present = new Set(after.split('\n').map((line) => line.trim()));
  return lines.length === 0 ? 1 : lines.filter((line) => present.has(line)).length / lines.length;
}

function pairOf({ path, language, text }: Version, old: readonly Version[], moves: ReadonlyMap<string, string>): Pair {
  const source = [...moves].find(([, to]) => to === path)?.[0] ?? null;
  const before = old.find((each) => each.path === (source ?? path)) ?? null;
  // The old text tells what it was, where the new one is emptied.
  return { path, language: before?.language ?? language, before: before?.text ?? null, after: text, movedFrom: source };
}

function weaknessOf(pair: Pair, known: ReadonlySet<string>): readonly ProtectedPath[] {
  const { path, language, before, after } = pair;
  const version = { path, language, text: after };
  if (!isTestFile(version) && !(before !== null && isTestFile({ ...version, path: pair.movedFrom ?? path, text: before }))) return [];
  const skipped = count(after, language, language.skips) - (before === null ? 0 : count(before, language, language.skips));
  if (skipped > 0) return [{ path, why: `${skipped} more skipped, focused or unfinished test${skipped === 1 ? '' : 's'}` }];
  if (before === null || before === after) return [];
  const lost = lostCases(version, before, known);
  if (lost > 0) return [{ path, why: `${lost} test case${lost === 1 ? '' : 's'} removed` }];
  if (after.trim() === '' && before.trim() !== '') return [{ path, why: 'a test file is emptied' }];
  const emptied = countEmptied(stripComments(before, language.comments), stripComments(after, language.comments), language);
  return emptied > 0 ? [{ path, why: `${emptied} test${emptied === 1 ? '' : 's'} without the assertions there were` }] : [];
}

/** By their number, and by their names: a new case makes up for no other one. */
function lostCases(version: Version, before: string, known: ReadonlySet<string>): number {
  const { text: after, language } = version;
  const removed = count(before, language, language.cases) - count(after, language, language.cases);
  // A case whose name turns up in another test file of the change was moved there.
  const own = new Set(testNames(version));
  const moved = testNames({ ...version, text: before }).filter((name) => !own.has(name) && known.has(name)).length;
  const lost = countLost(stripComments(before, language.comments), stripComments(after, language.comments), language, known);
  return Math.max(removed - moved, lost);
}

function count(text: string, language: Language, pattern: RegExp): number {
  const code = stripComments(text, language.comments);
  const found = code.match(pattern)?.length ?? 0;
  if (pattern !== language.skips) return found;
  // Directives live in comments, where stripping would hide them.
  const directives = language.skipDirectives === null ? 0 : (text.match(language.skipDirectives)?.length ?? 0);
  return found + directives + language.moreSkips(code);
}

function testNames({ text, language }: Version): readonly string[] {
  return [...stripComments(text, language.comments).matchAll(language.names)].map(nameOf).filter((name) => name !== '');
}
