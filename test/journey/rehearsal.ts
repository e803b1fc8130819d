import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** The repository of an example as somebody has it on disk: one commit on main. */
export function makeSource(example: string, into: string): string {
  mkdirSync(into, { recursive: true });
  cpSync(join(example, 'repo'), into, { recursive: true });
  const git = (...args: readonly string[]): void => {
    const who = {
      GIT_AUTHOR_NAME: 'A person',
      GIT_AUTHOR_EMAIL: 'person@example.org',
      GIT_COMMITTER_NAME: 'A person',
      GIT_COMMITTER_EMAIL: 'person@example.org',
    };
    execFileSync('git', ['-C', into, ...args], { env: { ...process.env, ...who, GIT_CONFIG_GLOBAL: '/dev/null' }, stdio: 'pipe' });
  };
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  return into;
}

/** One playbook for several examples: what is said of one issue stands before what is said of all. */
export function joinPlaybooks(examples: readonly string[], file: string): string {
  const entries = examples.flatMap((example) => parse(readFileSync(join(example, 'playbook.yaml'), 'utf8')) as readonly { when: { issue?: unknown } }[]);
  const special = entries.filter((entry) => entry.when.issue !== undefined);
  writeFileSync(file, stringify([...special, ...entries.filter((entry) => entry.when.issue === undefined)]));
  return file;
}
