import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createHome, ensureFolders, readKeyFile, removeStaleHomes } from './home.ts';

const folder = mkdtempSync(join(tmpdir(), 'disinto-home-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('makes homes that only we can open, and removes those of sessions that are over', () => {
  ensureFolders(folder);
  const [running = '', lost = '', unknown = ''] = ['running', 'lost', 'unknown'].map((name) => createHome(folder, name));
  expect(statSync(running).mode & 0o077).toBe(0);
  removeStaleHomes(folder, (session) => (session === 'unknown' ? undefined : session));
  expect([existsSync(running), existsSync(lost), existsSync(unknown)]).toEqual([true, false, true]);
});

it('reads the key of a backend, or says which file is wrong', () => {
  writeFileSync(join(folder, 'key'), ' abc\n');
  expect(readKeyFile(join(folder, 'key'))).toBe('abc');
  expect(readKeyFile(null)).toBe('');
  expect(() => readKeyFile(join(folder, 'none'))).toThrow(expect.objectContaining({ kind: 'config', message: expect.stringContaining('key-file') }));
  expect(() => ensureFolders(join(folder, 'key'))).toThrow(expect.objectContaining({ kind: 'disk' }));
});
