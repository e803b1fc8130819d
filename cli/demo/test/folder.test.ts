import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { checkDemoConfig } from '../config.ts';
import { readFolder } from '../folder.ts';
import { folderWith } from './place.ts';

const issues = { 'issues.yaml': '- title: One\n' };
const bare = (folder: string, branch = 'main'): void =>
  void execFileSync('git', ['init', '--quiet', '--bare', `--initial-branch=${branch}`, join(folder, 'repo.git')]);

it.each([
  ['a.git', 'a'],
  ['a.GIT.git', 'a'],
  ['.git', 'git'],
  ['---', 'repository'],
  ['notes.wiki', 'notes'],
  ['My Notes (old)', 'My-Notes-old'],
  ['x'.repeat(120), 'x'.repeat(100)],
])('a folder named %s is the repository %s', async (name, repository) => {
  expect((await readFolder(folderWith({ ...issues, 'repo/a': '' }, name))).name).toBe(repository);
});

it('a bare repository without commits says what to do', async () => {
  const folder = folderWith(issues);
  bare(folder);
  await expect(readFolder(folder)).rejects.toThrow(/repo\.git: has no commit on any branch.*push the code/);
});

it('a bare repository whose HEAD names a branch that is missing says which there are', async () => {
  const folder = folderWith(issues);
  bare(folder, 'gone');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', join(folder, 'repo.git'), '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { encoding: 'utf8' }).trim();
  const tree = execFileSync('git', ['-C', join(folder, 'repo.git'), 'mktree'], { input: '', encoding: 'utf8' }).trim();
  git('update-ref', 'refs/heads/trunk', git('commit-tree', tree, '-m', 'Begin'));
  await expect(readFolder(folder)).rejects.toThrow(
    /its HEAD names the branch gone, which it does not have \(it has trunk\); .* symbolic-ref HEAD refs\/heads\/trunk$/,
  );
  git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
  expect((await readFolder(folder)).source.kind).toBe('bare');
});

it('both repo/ and repo.git/ are refused', async () => {
  const folder = folderWith({ ...issues, 'repo/a': '' });
  bare(folder);
  await expect(readFolder(folder)).rejects.toThrow('there are both repo/ and repo.git/');
});

it('entries of a playbook that no session can play are refused with what would be right', async () => {
  const entry = (when: string): string => `- when: { ${when} }\n  answer: { summary: x }\n`;
  const wrong = ['agent: merger', 'agent: dev, task: review', 'agent: reviewer, task: implement', 'agent: rewiever', 'agent: dev-3'];
  const right = ['agent: dev', 'agent: dev, task: fix-checks', 'task: review', 'agent: reviewer, task: review', 'agent: dev-2'];
  const config = '[agents.dev-2]\nrole = "dev"\n';
  const folder = await readFolder(folderWith({ ...issues, 'repo/a': '', 'disinto.toml': config, 'playbook.yaml': [...wrong, ...right].map(entry).join('') }));
  const problems = [
    '[0].when: the agent merger has no sessions, so this entry is never used; those that have are dev, reviewer, dev-2',
    '[1].when: the agent dev is never asked to review, so this entry is never used; its tasks are implement, fix-checks, address-review, resolve-conflict, and review is of reviewer',
    '[2].when: the agent reviewer is never asked to implement, so this entry is never used; its tasks are review, and implement is of dev, dev-2',
    '[3].when: there is no agent rewiever; did you mean `reviewer`?',
    '[4].when: there is no agent dev-3; did you mean `dev-2`?',
  ];
  const check = (): void => checkDemoConfig(folder, null, 'main', folder.path);
  expect(check).toThrow(problems.map((problem) => `${folder.path}/playbook.yaml: ${problem}`).join('\n'));
});

it('every example has a playbook that can be played', async () => {
  for (const file of globSync('examples/*/issues.yaml')) {
    const folder = await readFolder(dirname(file));
    expect(() => checkDemoConfig(folder, null, 'main', folder.path)).not.toThrow();
  }
});
