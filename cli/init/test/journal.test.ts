import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createManualClock } from '../../../shared/clock/manual.ts';
import { forgeKey, type Journal, openJournal, takesOurToken } from '../journal.ts';

const clock = createManualClock(new Date('2026-01-05T00:00:00Z'));

function inFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data', 'init.json');
}

const open = (file: string, key = 'http://one.example', knowsUs = false): Promise<Journal> =>
  openJournal(file, clock, { key, knowsUs: () => Promise.resolve(knowsUs) });

it('is there after each entry, for its owner alone, and a damaged one is not read as empty', async () => {
  const file = inFolder();
  (await open(file)).make('account dev-bot');
  expect((await open(file)).made('account dev-bot')).toBe(true);
  expect((await open(file)).made('account other')).toBe(false);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '{"version":1');
  await expect(open(file)).rejects.toThrow('is not the journal');
});

it('what was made on one forge counts on no other, and stays for when that one comes again', async () => {
  const file = inFolder();
  const one = await open(file);
  one.make('account dev-bot');
  one.prove('push refused', 'abc');
  const two = await open(file, 'http://two.example', true);
  expect([two.made('account dev-bot'), two.provedFor('push refused')]).toEqual([false, null]);
  two.begin('fill acme/widgets', 'first commit');
  const again = await open(file);
  expect([again.made('account dev-bot'), again.proved('push refused', 'abc'), again.open('fill acme/widgets')]).toEqual([true, true, null]);
});

it('sees at once what another process records, and loses none of it', async () => {
  const file = inFolder();
  const [one, two] = [await open(file), await open(file)];
  one.make('account dev-bot');
  two.make('account ci-bot');
  expect([one.made('account ci-bot'), two.made('account dev-bot')]).toEqual([true, true]);
});

it('a journal without the forge counts for the one that takes our token, and waits for it otherwise', async () => {
  const file = inFolder();
  mkdirSync(dirname(file));
  const entries = { made: { 'account dev-bot': '2026-01-01T00:00:00Z' }, proved: { b: 'x' }, open: {} };
  const before = JSON.stringify({ version: 1, ...entries });
  writeFileSync(file, before);
  const stranger = await open(file, 'http://two.example');
  expect(stranger.made('account dev-bot')).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe(before);
  stranger.make('account ci-bot');
  const own = await open(file, 'http://one.example', true);
  expect([own.made('account dev-bot'), own.proved('b', 'x'), own.made('account ci-bot')]).toEqual([true, true, false]);
  own.prove('c', 'y');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    version: 2,
    forges: {
      'http://two.example': { made: { 'account ci-bot': clock.now().toISOString() }, proved: {}, open: {} },
      'http://one.example': { ...entries, proved: { b: 'x', c: 'y' } },
    },
  });
});

it('a forge is known by its address, however that is written, and the one in the data folder by being there', () => {
  expect(forgeKey({ url: 'HTTP://One.example:80/git/', embedded: false })).toBe('http://one.example/git');
  expect(forgeKey({ url: 'http://127.0.0.1:3080', embedded: true })).toBe('embedded');
});

it('a token counts only for the account that it was made for', async () => {
  const accounts = [
    { login: 'dev-bot', tokenFile: '/dev' },
    { login: 'ci-bot', tokenFile: '/ci' },
  ] as const;
  const secrets = { read: (path: string) => (path === '/ci' ? 't' : null) };
  expect(await takesOurToken({ tokenOwner: () => Promise.resolve('CI-bot') }, secrets, accounts)).toBe(true);
  expect(await takesOurToken({ tokenOwner: () => Promise.resolve('dev-bot') }, secrets, accounts)).toBe(false);
  expect(await takesOurToken({ tokenOwner: () => Promise.resolve(null) }, secrets, accounts)).toBe(false);
});
