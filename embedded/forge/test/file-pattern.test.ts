import { expect, it } from 'vitest';
import { filePattern, matchesPattern } from '../rules/file-pattern.ts';
import { commitFile, git, remoteOf, stage } from './harness.ts';

const matches = (globs: string, path: string): boolean => matchesPattern(filePattern(globs), path);

it.each([
  ['vault/**', 'vault/a/b.toml', true],
  ['vault/**', 'vaults', false],
  ['*.md', 'readme.md', true],
  ['*.md', 'a/readme.md', false],
  ['*.md', 'a.b.md', false],
  ['**.md', 'a/b.c.md', true],
  ['Docs/*', 'docs/PLAN', true],
  [' a ; b/** ;', 'b/c', true],
  ['{a,b}/?.txt', 'b/x.txt', true],
  ['{a,b}/?.txt', 'c/x.txt', false],
  ['[ab].txt', 'a.txt', true],
  ['[!ab].txt', 'a.txt', false],
  ['a+b(c)|$.txt', 'a+b(c)|$.txt', true],
  ['{broken', '{broken', true],
  ['', 'anything', false],
])('reads the pattern %j on %j as %j', (globs, path, expected) => {
  expect(matches(globs, path)).toBe(expected);
});

it('judges a push by every file it touches, whatever their names, also the first push of a branch and a removal', async () => {
  const on = await stage();
  on.forge.seed.setProtection('demo/app', 'main', { unprotected_file_patterns: 'evidence/**', protected_file_patterns: 'vault/actions/**' });
  on.forge.seed.setProtection('demo/app', 'journal', { enable_push: true, protected_file_patterns: 'vault/actions/**' });
  const clone = await on.clone('dev');
  const push = (to: string): Promise<string> => git(clone, 'push', 'origin', `HEAD:${to}`);
  const back = (): Promise<string> => git(clone, 'reset', '--quiet', '--hard', 'origin/main');
  await commitFile(clone, 'evidence/ä "quoted"\tname.json', '{}\n');
  await push('main');
  for (const path of ['evidence\nsrc', 'x/vault/actions/a', 'EVIDENCES/a']) {
    await commitFile(clone, path, 'x\n');
    await expect(push('main')).rejects.toThrow('Not allowed to push');
    await back();
  }
  await git(clone, 'rm', '--quiet', 'list.txt');
  await git(clone, 'commit', '--quiet', '-m', 'Remove');
  await expect(push('main')).rejects.toThrow('Not allowed to push');
  await back();
  await commitFile(clone, 'vault/actions/"x', 'x\n');
  await expect(push('refs/heads/journal')).rejects.toThrow('protected from changing file vault/actions/"x');
  await back();
  await commitFile(clone, 'notes.txt', 'x\n');
  await push('refs/heads/journal');
});

it('may be set up to take passwords only for git, while REST takes tokens', async () => {
  const on = await stage({ refuseTokensForGit: true });
  expect((await on.as.dev('GET', '/user')).status).toBe(200);
  const clone = await on.clone('dev');
  await commitFile(clone, 'a.txt', 'a\n');
  await expect(git(clone, 'push', 'origin', 'HEAD:side')).rejects.toThrow('Authentication failed');
  await git(clone, 'push', remoteOf(on.forge.url, 'dev', 'dev-password'), 'HEAD:side');
});
