import { expect, it } from 'vitest';
import { disinto, inShort, runDemo } from './demo.ts';
import { approveAll, makePlace, shellRepo, workflow, writes } from './folder.ts';

const limit = { timeout: 120_000 };
const onPush = workflow('echo broken; exit 7').replace('[push, pull_request]', 'push');

it('tests of the merged main that are red are said, and the issues alone decide about the end', limit, async () => {
  using place = makePlace({
    files: { ...shellRepo, '.woodpecker/deploy.yaml': onPush },
    issues: [{ title: 'First' }],
    playbook: [writes('First', 'second'), approveAll],
  });
  const { code, lines, finished } = await runDemo(place.folder, place.keep);
  expect({ code, ok: finished.ok }).toEqual({ code: 0, ok: true });
  expect(inShort(finished.issues)).toEqual([{ number: 1, state: 'merged', ciRounds: 1, reviewRounds: 1 }]);
  expect(lines.at(-2)).toMatchObject({
    event: 'main-red',
    workflows: ['check', 'deploy'],
    failures: [{ workflow: 'deploy', step: 'check', description: 'step check ended with exit code 7' }],
  });
  const again = await disinto(['demo', place.folder, '--keep', place.keep], { seconds: 60 });
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ {4}broken\n.*the tests of the merged main are RED: workflow deploy, step check ended with exit code 7\n/),
  });
});

it('without CI it warns, and an open issue that nobody queued says so', limit, async () => {
  using place = makePlace({
    files: { 'README.md': '# Values\n' },
    issues: [
      { title: 'Not queued', labels: ['bug'] },
      { title: 'There', labels: ['backlog'] },
    ],
    playbook: [{ when: { issue: 'There' }, answer: { status: 'already_done', summary: 'It is there.' } }],
  });
  const { code, lines, finished } = await runDemo(place.folder, place.keep, { more: ['--for', '6s'] });
  expect({ code, ok: finished.ok }).toEqual({ code: 1, ok: false });
  expect(finished.issues.map(({ state, reason }) => ({ state, reason }))).toEqual([
    { state: 'open', reason: 'not-queued: label it backlog' },
    { state: 'closed' },
  ]);
  expect(lines.filter((line) => line.event === 'no-ci')).toMatchObject([{ warning: 'no workflow: nothing is tested' }]);
});
