import { expect, it } from 'vitest';
import { join } from 'node:path';
import { at, freshLedger, temporaryFolder } from './fixture.ts';
import { openLedger } from './sqlite.ts';

const away = { cause: 'forge unavailable', reason: 'connect ECONNREFUSED', mend: 'start it' };
const revoked = { cause: 'forge auth dev-bot', reason: '401', mend: 'make a new token' };

it('a wait is one entry per cause, however many wait and however often they look', () => {
  const ledger = freshLedger();
  for (const minute of ['10', '11', '12'])
    for (const agent of ['dev', 'merger']) ledger.waits.note(`${agent}@demo`, { ...away, reason: minute }, at(`00:${minute}`));
  ledger.waits.note('dev-2@demo', revoked, at('00:13'));
  expect(ledger.waits.list()).toEqual([
    { ...away, reason: '10', since: at('00:10'), lookedAt: at('00:12'), schedules: ['dev@demo', 'merger@demo'] },
    { ...revoked, since: at('00:13'), lookedAt: at('00:13'), schedules: ['dev-2@demo'] },
  ]);
  expect(ledger.events.list({ kind: 'wait-began' }).map((event) => event.data['cause'])).toEqual([away.cause, revoked.cause]);
});

it('a wait is over with the last of its cause, and a new cause ends the old one', () => {
  const ledger = freshLedger();
  for (const agent of ['dev', 'merger']) ledger.waits.note(`${agent}@demo`, away, at('00:10'));
  ledger.waits.end('dev@demo', at('00:20'));
  ledger.waits.end('dev@demo', at('00:21'));
  expect(ledger.events.list({ kind: 'wait-over' })).toEqual([]);
  ledger.waits.note('merger@demo', revoked, at('00:30'));
  expect(ledger.events.list({ kind: 'wait-over' })).toMatchObject([{ at: at('00:30'), data: { cause: away.cause } }]);
  expect(ledger.waits.list().map((wait) => wait.cause)).toEqual([revoked.cause]);
});

it('a delivery wakes a schedule once, also in the next process, and is not known when nothing was recorded', () => {
  const file = join(temporaryFolder(), 'ledger.sqlite');
  const cause = { kind: 'webhook', event: 'issues', delivery: 'd1' } as const;
  const before = openLedger(file);
  expect([before.switches.wake('dev@demo', 'issues:7', cause, at('00:00')), before.switches.takeWakes('dev@demo').length]).toEqual([true, 1]);
  before.close();
  const ledger = freshLedger(file);
  expect(ledger.switches.wake('dev@demo', 'issues:7', cause, at('00:01'))).toBe(false);
  expect(ledger.switches.takeWakes('dev@demo')).toEqual([]);
  expect(ledger.switches.wake('merger@demo', 'issues:7', cause, at('00:01'))).toBe(true);
  expect(ledger.switches.wake('dev@demo', 'start', { kind: 'command', by: 'start' }, at('00:01'))).toBe(true);
});

it('a delivery with a digest is known by that, whatever its id', () => {
  const { switches } = freshLedger();
  const wake = (delivery: string, digest: string): boolean =>
    switches.wake('dev@demo', 'issues:7', { kind: 'webhook', event: 'issues', delivery, digest }, at('00:00'));
  expect([wake('d1', 'a'), wake('d2', 'a'), wake('d1', 'b'), wake('d1', 'b')]).toEqual([true, false, true, false]);
});

it('an occurrence is skipped with the reason that bars its agent', () => {
  const ledger = freshLedger();
  const request = {
    busy: false,
    policy: { overlap: 'skip', catchUp: { kind: 'none' }, graceSeconds: 60 },
    due: (after: Date, until: Date) => ({ past: after < at('01:00') && until >= at('01:00') ? [at('01:00')] : [], next: at('02:00') }),
    firstSeen: at('00:00'),
    newRun: { id: 'run', agent: 'dev', project: 'demo', process: { pid: 1, startTicks: '1', boot: 'b', host: 'h' } },
  } as const;
  expect(ledger.schedules.settle('dev@demo', { ...request, now: at('01:00'), barred: 'waits: forge unavailable' }).start).toEqual([]);
  expect(ledger.schedules.occurrences({ since: at('00:00') })).toMatchObject([{ end: { kind: 'skipped', reason: 'waits: forge unavailable' } }]);
});
