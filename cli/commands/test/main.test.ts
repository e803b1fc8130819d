import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { asSha } from '#domain/sha';
import { parseCall, renderHelp } from '../../command.ts';
import { configCommand } from '../config.ts';
import { doctorCommand } from '../doctor.ts';
import { explainError } from '../../explain-error.ts';
import { readOptions } from '../../init/options.ts';
import { initCommand } from '../init.ts';
import { verifyOnInstance } from '../../instance.ts';

function said(): string[] {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  onTestFinished(() => write.mockRestore());
  return lines;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'disinto-main-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it('says its version', () => {
  const version = execFileSync(process.execPath, ['cli/start.js', '--version'], { encoding: 'utf8' });
  expect(version).toBe(`disinto ${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`);
});

it('a call without options ends without a blank', () => {
  expect(renderHelp(doctorCommand).split('\n')[0]).toBe('disinto doctor');
  expect(() => parseCall(doctorCommand, ['x'])).toThrow(/Call it as: disinto doctor$/);
});

it('names the path of a full disk only where there is one', () => {
  const full = (path?: string) => explainError(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', ...(path === undefined ? {} : { path }) })).message;
  expect(full('/data/x')).toContain('the disk is full (/data/x); free');
  expect(full()).toContain('the disk is full; free');
});

it('takes the config that DISINTO_CONFIG names, unless --config names one', async () => {
  const root = folder();
  const text = '[forge]\nurl = "http://127.0.0.1:9"\n[projects.a]\nrepository = "o/a"\n[agents.merger]\n';
  for (const name of ['env.toml', 'option.toml']) writeFileSync(join(root, name), text);
  vi.stubEnv('DISINTO_CONFIG', join(root, 'env.toml'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const lines = said();
  await configCommand.run(parseCall(configCommand, ['check']));
  await configCommand.run(parseCall(configCommand, ['check', '--config', join(root, 'option.toml')]));
  expect(lines.map((line) => line.split(' is fine')[0])).toEqual([join(root, 'env.toml'), join(root, 'option.toml')]);
  expect(readOptions(parseCall(initCommand, ['--embedded', 'o/a'])).config).toBe(join(root, 'env.toml'));
});

it.each([
  ['', 'check that it runs and that forge.url is right, then run this again'],
  ['embedded = true\n', '`disinto start` serves it: run this again while that runs'],
])('verify-merge says of a forge that is away what a person can do (%j)', async (embedded, mend) => {
  const root = folder();
  const file = join(root, 'disinto.toml');
  writeFileSync(join(root, 'merger.token'), 'secret', { mode: 0o600 });
  writeFileSync(
    file,
    `[forge]\nurl = "http://127.0.0.1:9"\n${embedded}[projects.a]\nrepository = "o/a"\n[projects.a.ci]\ncontexts = "none"\n[agents.merger]\ntoken-file = "merger.token"\n`,
  );
  const verifying = verifyOnInstance(file, asSha('a'.repeat(40)));
  await expect(verifying).rejects.toThrow(/^the forge at http:\/\/127\.0\.0\.1:9 does not answer \(/);
  await expect(verifying).rejects.toThrow(mend);
  await expect(verifying).rejects.not.toThrow('next tick');
});
