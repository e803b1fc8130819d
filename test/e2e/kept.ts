import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { disinto, type Finished } from './demo.ts';

const tests: Readonly<Record<string, readonly string[]>> = {
  'package.json': ['npm', 'test', '--silent'],
  'go.mod': ['go', 'test', './...'],
  'check.sh': ['sh', 'check.sh'],
  'test/run': ['bash', 'test/run'],
  tests: ['python3', '-m', 'unittest', '-q'],
};

/** What git prints in the kept bare repository. */
export function gitIn(repository: string, ...args: readonly string[]): string {
  return execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Checks that the kept forge holds what the last line says: every merge, proven, tidy and tested. */
export async function checkKept(keep: string, finished: Finished, options: { readonly contexts?: boolean } = {}): Promise<void> {
  const { repository } = finished;
  expect(repository.startsWith(join(keep, 'forge', 'demo'))).toBe(true);
  expect(gitIn(repository, 'rev-parse', 'refs/heads/main')).toBe(finished.main);
  const refs = gitIn(repository, 'for-each-ref', '--format=%(refname)').split('\n');
  expect(refs.filter((ref) => ref.startsWith('refs/disinto/merging/'))).toEqual([]);
  for (const issue of finished.issues.filter((candidate) => candidate.state === 'merged')) {
    const merge = issue.mergeCommit ?? '';
    expect(gitIn(repository, 'rev-list', '--parents', '-n', '1', merge).split(' '), `merge of #${issue.number}`).toHaveLength(3);
    expect(gitIn(repository, 'merge-base', merge, finished.main), `#${issue.number} is in main`).toBe(merge);
    const own = new RegExp(`^refs/(heads/fix/issue-${issue.number}(-\\d+)?|heads/disinto/merge/${issue.pr}|disinto/(claims|held)/${issue.number})$`);
    expect(
      refs.filter((ref) => own.test(ref)),
      `leftovers of #${issue.number}`,
    ).toEqual([]);
    const certificate: unknown = JSON.parse(gitIn(repository, 'notes', '--ref=disinto', 'show', merge));
    expect(certificate).toMatchObject({
      kind: 'disinto-merge-certificate',
      issue: issue.number,
      pullRequest: issue.pr,
      ...(options.contexts === false ? { contexts: [] } : {}),
    });
    const verified = await disinto(['verify-merge', merge, '--keep', keep]);
    expect(verified, `verify-merge of #${issue.number}`).toMatchObject({ code: 0, err: '' });
    expect(
      verified.out
        .trim()
        .split('\n')
        .every((line) => line.startsWith('ok')),
    ).toBe(true);
  }
  ownTestsPass(keep, finished);
  await canBeAsked(keep, finished);
}

/** Runs the repository's tests on a fresh clone, without the factory. */
function ownTestsPass(keep: string, finished: Finished): void {
  const clone = join(keep, 'clone');
  execFileSync('git', ['clone', '--quiet', '--branch', 'main', finished.repository, clone]);
  const files = new Set([
    ...readdirSync(clone),
    ...(readdirSync(clone).includes('test') ? readdirSync(join(clone, 'test')).map((name) => `test/${name}`) : []),
  ]);
  const known = Object.keys(tests).find((name) => files.has(name));
  const [command, ...args] = tests[known ?? ''] ?? [];
  if (command === undefined) return;
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: keep, LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' };
  execFileSync(command, args, { cwd: clone, env, stdio: 'pipe' });
}

async function canBeAsked(keep: string, finished: Finished): Promise<void> {
  const worked = finished.issues.find((issue) => issue.tokens > 0)?.number ?? 1;
  const questions = [['status'], ['runs'], ['why', String(worked)]];
  const answers = await Promise.all(questions.map((words) => disinto([...words, '--keep', keep])));
  for (const [at, answer] of answers.entries())
    expect({ question: questions[at], code: answer.code, err: answer.err }).toEqual({ question: questions[at], code: 0, err: '' });
}

/** Sessions of each issue, as `task state` in order, from the ledger. */
export function sessionsOf(keep: string): ReadonlyMap<number, readonly string[]> {
  const ledger = openLedger(join(keep, 'ledger.sqlite'));
  try {
    const grouped = Map.groupBy(ledger.sessions.list({}), (session) => session.issue);
    return new Map([...grouped].map(([issue, sessions]) => [issue, sessions.map((session) => `${session.task} ${session.failure ?? session.state}`)]));
  } finally {
    ledger.close();
  }
}
