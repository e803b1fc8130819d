import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import { demoConfig } from '../config.ts';
import { hasWorkflows, runOwnTests } from '../end/own-tests.ts';
import { readFolder } from '../folder.ts';
import { demoLayout } from '../places.ts';
import { folderWith } from './place.ts';

const env = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };

/** Runs the tests of a repository with these files, as at the end of a demo. */
async function play(files: Readonly<Record<string, string>>) {
  const path = folderWith({ 'issues.yaml': '- title: One\n', 'playbook.yaml': '[]\n', 'repo/README.md': '#\n', ...files });
  const folder = await readFolder(path);
  const layout = demoLayout(folder, join(path, '..', 'keep'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', join(path, 'repo'), '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Begin');
  execFileSync('git', ['clone', '--quiet', '--bare', join(path, 'repo'), layout.repository]);
  const nowhere = 'http://127.0.0.1:1';
  const config = demoConfig(folder, { data: layout.root, forgeUrl: nowhere, ciUrl: nowhere, modelUrl: nowhere, harness: null, branch: 'main' });
  const [project] = Object.values(config.projects);
  if (project === undefined) throw new Error('no project');
  const main = asSha(git('rev-parse', 'main'));
  const lines: string[] = [];
  const factory = { config, project, env, mask: (text: string) => text.replaceAll('s3cret', '***') };
  const tests = await runOwnTests(layout, factory, main, (line) => lines.push(line), new AbortController().signal);
  expect(existsSync(join(layout.root, 'own-tests'))).toBe(false);
  return { tests, lines, any: await hasWorkflows(layout, factory) };
}

it('runs steps and workflows as CI does: when, depends_on, failure, CI_* and ${CI_…}', async () => {
  const unit = `when: [{ event: [push, pull_request] }]
steps:
  - { name: last, commands: [test -f first, 'echo last ran: s3cret'], depends_on: [first] }
  - { name: first, commands: ['test "$WHERE" = at-main', 'test "$CI_PIPELINE_EVENT $CI_REPO" = "push demo/values"', touch first], environment: { WHERE: 'at-\${CI_COMMIT_BRANCH}' } }
  - { name: alarm, commands: [exit 1], when: [{ status: failure }] }
  - { name: only-changes, commands: [exit 1], when: [{ event: pull_request }] }
  - { name: elsewhere, commands: [exit 1], when: [{ branch: release }] }
`;
  const after = 'when: [{ event: push }]\ndepends_on: [unit]\nskip_clone: true\nsteps: [{ name: bare, commands: [test ! -e README.md] }]\n';
  const { tests, lines, any } = await play({ 'repo/.woodpecker/a-after.yaml': after, 'repo/.woodpecker/unit.yaml': unit });
  expect(tests).toEqual({ workflows: ['a-after', 'unit'], failures: [] });
  expect(lines[0]).toBe('The tests of the merged main: unit');
  expect(lines).toContain('    last ran: ***');
  expect(any).toBe(true);
});

it('says which workflow and step is red, and what did not run for it', async () => {
  const after = 'when: [{ event: push }]\ndepends_on: [unit]\nsteps: [{ name: a, commands: [ls] }]\n';
  const unit = 'when: [{ event: push }]\nsteps: [{ name: lint, commands: [exit 1], failure: ignore }, { name: check, commands: [exit 3] }]\n';
  const { tests } = await play({ 'repo/.woodpecker/after.yaml': after, 'repo/.woodpecker/unit.yaml': unit });
  expect(tests?.failures).toEqual([
    { workflow: 'unit', step: 'check', description: 'step check ended with exit code 3' },
    { workflow: 'after', step: 'unit', description: 'not run: workflow unit failed' },
  ]);
});

it('a repository without a workflow for a push has no tests to run', async () => {
  expect(await play({})).toMatchObject({ tests: null, any: false });
  expect(await play({ 'repo/.woodpecker.yaml': 'when: [{ event: pull_request }]\nsteps: [{ name: a, commands: [exit 1] }]\n' })).toMatchObject({
    tests: null,
    any: true,
  });
});
