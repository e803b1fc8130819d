import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { filesOf, play } from './play.ts';
import { expectNoSecret, sayWhy } from './suite/whole.ts';

/** `disinto init --embedded`: no forge but our own, in the instance's data folder. */
it('sets up a forge of its own; planning leaves no trace, a second run changes no byte, a killed one is completed', { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-init-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const init = (...more: readonly string[]): ReturnType<typeof play> => play(folder, ['init', '--embedded', 'acme/widgets', ...more]);
  const dry = await init('--dry-run');
  expect(dry, sayWhy(dry)).toMatchObject({ code: 0, err: '' });
  expect(dry.out).toContain('its administrator acme: password in');
  expect(filesOf(folder)).toEqual({});

  const cut = await play(folder, ['init', '--embedded', 'acme/widgets', '--yes', '--json'], {
    at: 'line',
    pattern: '"step":"accounts/reviewer-bot".*"type":"completed"',
  });
  expect(cut.killed, sayWhy(cut)).toBe(true);
  const first = await init('--yes');
  expect(first.code, sayWhy(first)).toBe(0);
  expect(first.out).toContain('disinto start');
  expect(await play(folder, ['config', 'check'])).toMatchObject({ code: 0 });
  expectNoSecret(folder, dry, cut, first);

  const files = filesOf(folder);
  const again = await init('--yes');
  expect(again.out, sayWhy(again)).toContain('Nothing to do.');
  expect(filesOf(folder)).toEqual(files);
  expect((await init('--dry-run')).code).toBe(0);
  expect(filesOf(folder)).toEqual(files);

  const secrets = readdirSync(join(folder, 'secrets')).map((name) => join(folder, 'secrets', name));
  for (const file of secrets) chmodSync(file, 0o644);
  const closed = await init('--yes');
  expect(closed.out, sayWhy(closed)).toContain('close secrets/admin.token to others (mode 0600)');
  expect(secrets.filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
  expect((await init('--yes')).out).toContain('Nothing to do.');
});

it('a second project of another owner: what the plan says on a copy is done on the forge', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-init-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = await play(folder, ['init', '--embedded', 'acme/widgets', '--yes']);
  expect(first.code, sayWhy(first)).toBe(0);
  const second = await play(folder, ['init', '--embedded', 'other/third', '--yes']);
  expect(second.code, sayWhy(second)).toBe(0);
  expect(second.out).toContain('as acme, a site admin');
  expect(second.out).toContain('account other, who owns the repository: password in');
  expect((await play(folder, ['init', '--embedded', 'other/third', '--yes'])).out).toContain('Nothing to do.');
  expectNoSecret(folder, first, second);
});

it('plans on the forge that `disinto start` serves at that moment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-init-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = await play(folder, ['init', '--embedded', 'acme/widgets', '--yes']);
  expect(first.code, sayWhy(first)).toBe(0);
  const url = /url = "(http[^"]+)"/.exec(readFileSync(join(folder, 'disinto.toml'), 'utf8'))?.[1] ?? '';
  const forge = await startEmbeddedForge({
    directory: join(folder, 'data', 'forge'),
    port: Number(new URL(url).port),
    clock: systemClock,
    chance: systemChance,
  });
  onTestFinished(() => forge.close());
  const again = await play(folder, ['init', '--embedded', 'acme/widgets', '--yes']);
  expect(again.out, sayWhy(again)).toContain('Nothing to do.');
  const second = await play(folder, ['init', '--embedded', 'acme/gadgets', '--yes']);
  expect(second.code, sayWhy(second)).toBe(0);
  expect(existsSync(join(folder, 'data', 'forge', 'acme', 'gadgets-ops.git'))).toBe(true);
});
