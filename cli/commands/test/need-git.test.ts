import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parseCall } from '../../command.ts';
import { initCommand } from '../init.ts';
import { startCommand } from '../start.ts';
import { runOnce } from '../../instance.ts';
import { needGit } from '../../need-git.ts';

it('is content with a git', () => {
  expect(() => needGit()).not.toThrow();
});

it('without git nothing is begun: start, run and init say what to install', async () => {
  const root = mkdtempSync(join(tmpdir(), 'disinto-no-git-'));
  const file = join(root, 'disinto.toml');
  writeFileSync(file, '[forge]\nurl = "http://127.0.0.1:9"\nembedded = true\n[projects.a]\nrepository = "o/a"\n[agents.merger]\n');
  vi.stubEnv('PATH', join(root, 'nowhere'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const what = /^git is not on the PATH; install it/;
  await expect(startCommand.run(parseCall(startCommand, ['--config', file]))).rejects.toThrow(what);
  await expect(runOnce(file, 'merger')).rejects.toThrow(what);
  const made = join(root, 'made.toml');
  await expect(initCommand.run(parseCall(initCommand, ['--embedded', 'o/a', '--yes', '--config', made]))).rejects.toThrow(what);
  expect(readdirSync(root)).toEqual(['disinto.toml']);
});
