import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inShort, runDemo } from './demo.ts';
import { approveAll, makePlace, shellRepo, writes } from './folder.ts';
import { checkKept, gitIn, sessionsOf } from './kept.ts';

const limit = { timeout: 120_000 };

it('a bare repository whose HEAD branch has another name becomes main, without CI, in a folder with an odd name', limit, async () => {
  using place = makePlace({
    name: 'My Notes (old)',
    issues: [{ title: 'First' }, { title: 'Second' }],
    playbook: [writes('First', 'first'), writes('Second', 'second'), approveAll],
  });
  makeBare(join(place.folder, 'repo.git'));
  const { code, finished } = await runDemo(place.folder, place.keep);
  expect(inShort(finished.issues)).toEqual([1, 2].map((number) => ({ number, state: 'merged', ciRounds: 0, reviewRounds: 1 })));
  expect(code).toBe(0);
  await checkKept(place.keep, finished, { contexts: false });
  expect(gitIn(finished.repository, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
  expect(gitIn(finished.repository, 'rev-list', '--count', 'main')).toBe('6');
  expect(gitIn(finished.repository, 'show', 'main:new.txt')).toBe('new');
});

/** Two commits on `trunk`; `main` is another, older branch. */
function makeBare(path: string): void {
  const work = mkdtempSync(`${path}-work-`);
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-C', work, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(work, 'old.txt'), 'old\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Begin');
  git('switch', '--quiet', '-c', 'trunk');
  writeFileSync(join(work, 'new.txt'), 'new\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Go on');
  execFileSync('git', ['clone', '--quiet', '--bare', work, path], { stdio: 'pipe' });
  rmSync(work, { recursive: true, force: true });
}

it('issues with odd texts, labels and dependencies each end as they should', limit, async () => {
  const odd = '  Ünïcode "quotes" `ticks` #3 <b>$(touch /tmp/x)</b> 🎉  ';
  using place = makePlace({
    files: shellRepo,
    issues: [
      { title: odd, body: null },
      { title: 'Twice', labels: [] },
      { title: 'Twice', labels: ['priority'], body: '```\nDepends on #8\n```\n> Blocked by #8\n\n<!-- Depends on #8 -->' },
      { title: 'Waits for itself', body: 'Depends on #4' },
      { title: 'Waits for nobody', body: '## Dependencies\n- #99\n' },
      { title: 'With a new label', labels: ['backlog', 'good first issue', 'ümlaut'] },
      { title: 'Later', body: 'Blocked by #6.' },
      { title: 'Nothing fits', labels: ['backlog'] },
    ],
    playbook: [
      writes(odd.trim(), 'odd'),
      { ...writes('Twice', 'twice'), times: 1 },
      { when: { agent: 'dev', issue: 2 }, answer: { status: 'already_done', summary: 'It is there.' } },
      writes('With a new label', 'label'),
      writes('Later', 'later'),
      approveAll,
    ],
  });
  const { code, finished } = await runDemo(place.folder, place.keep);
  const none = { ciRounds: 0, reviewRounds: 0 };
  const merged = { state: 'merged', ciRounds: 1, reviewRounds: 1 };
  expect(inShort(finished.issues)).toEqual([
    { number: 1, ...merged },
    { number: 2, state: 'closed', ...none },
    { number: 3, ...merged },
    { number: 4, state: 'parked', reason: 'dependency-cycle', ...none },
    { number: 5, state: 'parked', reason: 'missing-dependency', ...none },
    { number: 6, ...merged },
    { number: 7, ...merged },
    { number: 8, state: 'parked', reason: 'needs-information', ...none },
  ]);
  expect(code).toBe(0);
  expect(sessionsOf(place.keep).get(4)).toBeUndefined();
  await checkKept(place.keep, finished);
});
