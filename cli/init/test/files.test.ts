import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { replaceFile } from '../files.ts';

function inFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('replaces a file with all of the text and the mode', () => {
  const path = join(inFolder(), 'a');
  writeFileSync(path, 'old', { mode: 0o644 });
  replaceFile(path, 'ä'.repeat(300_000), 0o600);
  expect(readFileSync(path, 'utf8')).toBe('ä'.repeat(300_000));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('where only a part of the text finds room, the old file stays, and nothing lies beside it', () => {
  const folder = inFolder();
  const path = join(folder, 'a');
  writeFileSync(path, 'old');
  const program = `import { replaceFile } from ${JSON.stringify(new URL('../files.ts', import.meta.url).href)};
try { replaceFile(${JSON.stringify(path)}, 'x'.repeat(20_000), 0o600); console.log('written'); } catch (error) { console.log(error.code, error.path); }`;
  // A limit of 8 blocks of 1024 bytes: the first write takes 8192 bytes, the next one fails.
  const limited = ['-c', `trap '' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"`, process.execPath, program];
  const { stdout, stderr } = spawnSync('bash', limited, { encoding: 'utf8' });
  expect(stdout, stderr).toBe(`EFBIG ${path}\n`);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a']);
});
