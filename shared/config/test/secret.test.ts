import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSecret, readSecretFile } from '../secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-'));

function secretFile(name: string, text: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

it('reads a secret and trims it', () => {
  expect(readSecretFile(secretFile('good', ' s3cret \n', 0o600))).toBe('s3cret');
});

it.each([
  ['open to everybody', () => secretFile('open', 's3cret', 0o644), 'chmod 600'],
  ['empty', () => secretFile('empty', ' \n', 0o600), 'is empty'],
  ['missing', () => join(folder, 'nowhere'), 'does not exist'],
  ['a folder', () => folder, 'check its owner and that it is a file'],
])('refuses a file that is %s, and says what to do', (_name, make, complaint) => {
  expect(() => readSecretFile(make())).toThrow(complaint);
});

it('takes the file that NAME_FILE names before NAME', () => {
  const path = secretFile('env', 'from-file', 0o600);
  expect(readSecret('TOKEN', { TOKEN_FILE: path, TOKEN: 'from-env' })).toBe('from-file');
  expect(readSecret('TOKEN', { TOKEN: ' from-env ' })).toBe('from-env');
  expect(readSecret('TOKEN', { TOKEN_FILE: '', TOKEN: '' })).toBeNull();
});

it('L16: a refusal never shows the secret', () => {
  expect(() => readSecretFile(secretFile('loud', 'sEcretValue', 0o604))).toThrow(/^(?!.*sEcretValue)/s);
});
