import { expect, it } from 'vitest';
import { at, freshLedger, schedule } from '../../../shared/ledger/fixture.ts';
import { readRuns, renderRuns } from '../runs.ts';

it('says of each due time how it ended, and lists those that did not simply run', () => {
  const ledger = freshLedger();
  const dev = schedule(ledger);
  dev.settle('00:00');
  dev.settle('00:10');
  dev.settle('00:20');
  dev.end('run-2', '00:21');
  dev.settle('00:55');
  const audit = readRuns(ledger, at('00:00'), at('00:56'));
  expect(audit.occurrences).toEqual([
    { id: expect.any(Number), schedule: 'dev@demo', dueAt: at('00:10').toISOString(), end: 'ran', run: 'run-2' },
    { id: expect.any(Number), schedule: 'dev@demo', dueAt: at('00:20').toISOString(), end: 'skipped', reason: 'still running' },
    { id: expect.any(Number), schedule: 'dev@demo', dueAt: at('00:30').toISOString(), end: 'coalesced', into: at('00:50').toISOString() },
    { id: expect.any(Number), schedule: 'dev@demo', dueAt: at('00:40').toISOString(), end: 'coalesced', into: at('00:50').toISOString() },
    { id: expect.any(Number), schedule: 'dev@demo', dueAt: at('00:50').toISOString(), end: 'ran', run: 'run-4' },
  ]);
  expect(Object.keys(audit)).toEqual(['since', 'schedules', 'runs', 'occurrences']);
  const text = renderRuns(audit);
  expect(text).toContain('2026-01-05T00:20:00.000Z  dev@demo  skipped: still running\n');
  expect(text).toContain('2026-01-05T00:40:00.000Z  dev@demo  coalesced into 2026-01-05T00:50:00.000Z\n');
  expect(text).not.toContain('2026-01-05T00:10:00.000Z');
});

it('tells one that waits for a run from one that nobody ended', () => {
  const ledger = freshLedger();
  const dev = schedule(ledger, { overlap: 'queue-one' });
  dev.settle('00:00');
  dev.settle('00:10');
  dev.settle('00:20');
  const ends = () => readRuns(ledger, at('00:00'), at('00:25')).occurrences.map(({ end }) => end);
  expect(ends()).toEqual(['ran', 'waits']);
  dev.end('run-2', '00:21');
  expect(ends()).toEqual(['ran', 'unexplained']);
  expect(renderRuns(readRuns(ledger, at('00:00'), at('00:25')))).toContain('UNEXPLAINED: nobody ended it');
});

it('shows the latest of many with how late they were, and says how many more there are', () => {
  const ledger = freshLedger();
  const dev = schedule(ledger, { catchUp: { kind: 'none' } });
  dev.settle('00:00');
  dev.settle('09:55');
  const audit = readRuns(ledger, at('00:00'), at('09:56'));
  expect(audit.occurrences).toHaveLength(59);
  const text = renderRuns(audit);
  expect(text.match(/ missed, seen \d+ s late: /g)).toHaveLength(40);
  expect(text).toContain('2026-01-05T09:50:00.000Z  dev@demo  missed, seen 300 s late: ');
  expect(text).toContain('\n… and 19 more: --json lists all\n');
  expect(renderRuns(readRuns(ledger, at('09:56'), at('09:56')))).not.toContain('HOW IT ENDED');
});
