import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findContainment } from '../../shared/process/containment.ts';
import { runDemo } from './demo.ts';

/** What both try: to find the forge, the ledger and the key of the model, and to put a commit onto main behind the forge's back. */
const spying = (keep: string, key: string): string =>
  [
    'set +e',
    `ls ${keep}/* ${keep}/forge/* 2>/dev/null | sort`,
    `cat ${key} ${keep}/ledger.sqlite 2>/dev/null | head -c 100`,
    `git push -q ${keep}/forge/demo/spied.git HEAD:refs/heads/sneaked 2>/dev/null && echo pushed`,
    `cat /proc/[0-9]*/root${key} 2>/dev/null`,
    'true',
  ].join('; ');

it('a session and a CI step see their own workspace, and neither forge nor ledger nor secret', { timeout: 120_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'sight-'));
  const [folder, keep, key] = [join(root, 'spied'), join(root, 'keep'), join(root, 'secrets', 'other.key')];
  for (const path of [join(folder, 'repo', '.woodpecker'), join(root, 'secrets')]) mkdirSync(path, { recursive: true });
  try {
    writeFileSync(key, 'canary-of-a-key\n', { mode: 0o600 });
    writeFileSync(join(folder, 'repo', 'README.md'), '# Spied\n');
    writeFileSync(join(folder, 'repo', '.woodpecker', 'test.yaml'), JSON.stringify({ steps: [{ name: 'spy', commands: [spying(keep, key)] }] }));
    writeFileSync(join(folder, 'issues.yaml'), JSON.stringify([{ title: 'Look around', body: 'Write down what you see.' }]));
    process.env['SPIED_KEY_FILE'] = key;
    const when = { agent: 'dev', task: 'implement' };
    const answer = { status: 'done', summary: 'I looked around' };
    writeFileSync(
      join(folder, 'playbook.yaml'),
      JSON.stringify([{ when, do: [{ run: `{ ${spying(keep, key)}; } > seen.txt; echo end >> seen.txt` }], answer }]),
    );
    const { finished } = await runDemo(folder, keep);
    expect(finished.issues).toMatchObject([{ number: 1, state: 'merged' }]);
    const git = (...args: readonly string[]): string => execFileSync('git', ['--git-dir', finished.repository, ...args], { encoding: 'utf8' });
    const seen = git('show', 'main:seen.txt');
    const logs = readdirSync(join(keep, 'ci', 'logs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(seen.endsWith('end\n')).toBe(true);
    expect(logs.join('\n')).toContain('ledger.sqlite');
    if (findContainment().hiding === null) return;
    for (const text of [seen, ...logs.map((log) => log.replace(/^\+ .*$/gm, ''))])
      expect(text).not.toMatch(/canary|SQLite format|forge\.sqlite|demo\.log|pushed/);
    expect(git('for-each-ref', '--format=%(refname)', 'refs/heads/').trim()).toBe('refs/heads/main');
  } finally {
    delete process.env['SPIED_KEY_FILE'];
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
});
