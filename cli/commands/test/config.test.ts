import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { sampleText } from '../../staff/test/sample.ts';
import { parseCall } from '../../command.ts';
import { configCommand } from '../config.ts';

it('a sound config is fine; what `start` would refuse about its secrets is noted, each file once and none of a disabled agent', async () => {
  const root = mkdtempSync(join(tmpdir(), 'disinto-config-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const file = join(root, 'disinto.toml');
  writeFileSync(file, sampleText.replace('enabled = false', 'token-file = "secrets/dev-2.token"\nenabled = false'));
  mkdirSync(join(root, 'secrets'));
  writeFileSync(join(root, 'secrets', 'anthropic.key'), 'k\n', { mode: 0o644 });
  const said: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => write.mockRestore());
  expect(await configCommand.run(parseCall(configCommand, ['check', '--config', file]))).toBe(0);
  const notes = said
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('note: '));
  expect(notes).toEqual([expect.stringContaining('dev.token:1: does not exist'), expect.stringContaining('chmod 600')]);
  expect(said.join('')).toContain('is fine: 2 project(s)');
});
