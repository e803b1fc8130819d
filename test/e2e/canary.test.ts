import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { disinto, inShort, readExpectation, runDemo } from './demo.ts';

const folder = join(import.meta.dirname, '..', 'fixtures', 'canary');
const canary = 'canary-9f2e71c4b8aa55d0';

/** Command lines of every process of this machine that hold the canary. */
function processesShowing(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(text) ? [line] : [];
      } catch {
        return [];
      }
    });
}

/** Files below a folder that hold the canary. */
function filesHolding(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => join(root, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).includes(canary));
}

it('L16, L17: a secret that sessions and CI may use is in no log, comment, commit, transcript, error or command line', { timeout: 150_000 }, async () => {
  const keep = mkdtempSync(join(tmpdir(), 'canary-'));
  process.env['CANARY_TOKEN'] = canary;
  const seen = new Set<string>();
  const watch = setInterval(() => processesShowing(canary).forEach((line) => seen.add(line)), 100);
  try {
    const { code, finished, lines } = await runDemo(folder, keep);
    expect(inShort(finished.issues)).toEqual(readExpectation(folder).issues);
    expect(code).toBe(0);
    expect(JSON.stringify(lines)).not.toContain(canary);
    const elsewhere = filesHolding(keep).filter((path) => !path.startsWith(join(keep, 'workspaces')));
    expect(elsewhere).toEqual([]);
    const objects = execFileSync('git', ['--git-dir', finished.repository, 'cat-file', '--batch', '--batch-all-objects'], { maxBuffer: 1 << 28 });
    expect(objects.includes(canary)).toBe(false);
    expect(execFileSync('git', ['--git-dir', finished.repository, 'for-each-ref', '--format=%(refname)', 'refs/heads/'], { encoding: 'utf8' }).trim()).toBe(
      'refs/heads/main',
    );
    const plain = await disinto(['demo', folder, '--keep', keep], { seconds: 60 });
    expect(plain.out + plain.err).not.toContain(canary);
    expect([...seen]).toEqual([]);
  } finally {
    clearInterval(watch);
    delete process.env['CANARY_TOKEN'];
    rmSync(keep, { recursive: true, force: true, maxRetries: 3 });
  }
});
