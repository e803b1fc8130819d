import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { at, freshLedger, schedule, startRun, temporaryFolder } from './fixture.ts';
import { openLedger } from './sqlite.ts';
import { asLedgerError } from './sqlite/errors.ts';

it('keeps everything over a restart', () => {
  const file = join(temporaryFolder(), 'ledger.sqlite');
  const before = openLedger(file);
  const { settle } = schedule(before);
  settle('00:00');
  settle('00:10');
  before.close();
  before.close();
  const { story, settle: settleAgain } = schedule(freshLedger(file));
  expect(settleAgain('00:10:01').nextDue).toEqual(at('00:20'));
  expect(story()).toEqual(['00:10 ran']);
});

it('refuses a ledger of a newer disinto and leaves it alone', () => {
  const file = join(temporaryFolder(), 'ledger.sqlite');
  openLedger(file).close();
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 99');
  expect(() => openLedger(file)).toThrow(
    expect.objectContaining({ kind: 'newer', message: expect.stringContaining('has schema 99, and this disinto knows up to 2') }),
  );
  expect(newer.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  newer.close();
});

it('says so when the file is something else, or its folder is missing', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'notes.txt'), 'Dear diary, '.repeat(100));
  expect(() => openLedger(join(folder, 'notes.txt'))).toThrow(
    expect.objectContaining({ kind: 'corrupt', message: expect.stringContaining('is not a ledger. Check the path') }),
  );
  expect(() => openLedger(join(folder, 'missing', 'ledger.sqlite'))).toThrow(
    expect.objectContaining({ kind: 'misuse', message: expect.stringContaining('Check that its folder exists') }),
  );
});

it('names a full disk and a lock for what they are', () => {
  const file = join(temporaryFolder(), 'ledger.sqlite');
  const failure = (sql: string): unknown => {
    const raw = new DatabaseSync(file);
    try {
      raw.exec(sql);
    } catch (error) {
      return asLedgerError(error, file);
    } finally {
      raw.close();
    }
    return null;
  };
  // A file that may not grow gives the error of a full disk.
  expect(failure('PRAGMA max_page_count = 1; CREATE TABLE one (bytes); CREATE TABLE two (bytes)')).toMatchObject({
    kind: 'full',
    message: expect.stringContaining('the disk is full'),
  });
  freshLedger(file);
  const holder = new DatabaseSync(file);
  holder.exec('BEGIN IMMEDIATE');
  expect(failure('BEGIN IMMEDIATE')).toMatchObject({ kind: 'locked', message: expect.stringContaining('held by another process') });
  holder.close();
});

it('undoes a transaction that fails half way', () => {
  const ledger = freshLedger();
  const { settle, story } = schedule(ledger);
  settle('00:00');
  startRun(ledger, 'taken');
  ledger.runs.end('taken', { kind: 'idle', reason: '' }, at('00:01'));
  const newRun = { id: 'taken', agent: 'dev', project: 'demo', process: { pid: 1, startTicks: '1', boot: 'b', host: 'h' } };
  expect(() => settle('00:10', { newRun })).toThrow(expect.objectContaining({ kind: 'misuse' }));
  expect([story(), ledger.schedules.nextDue('dev@demo')]).toEqual([[], at('00:10')]);
  settle('00:10');
  expect(story()).toEqual(['00:10 ran']);
});

it('refuses to change or remove an event', () => {
  const file = join(temporaryFolder(), 'ledger.sqlite');
  freshLedger(file).events.append({ at: at('00:01'), kind: 'started', subject: null, cause: null, data: {} });
  const raw = new DatabaseSync(file);
  expect(() => raw.exec("UPDATE events SET kind = 'other'")).toThrow('events are never changed');
  expect(() => raw.exec('DELETE FROM events')).toThrow('events are never removed');
  raw.close();
});
