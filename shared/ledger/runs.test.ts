import { describe, expect, it } from 'vitest';
import { answer, at, freshLedger, someone, startRun, startSession } from './fixture.ts';

describe('runs', () => {
  it('start, say what they work on, and end once', () => {
    const { runs } = freshLedger();
    runs.start({ id: 'run-1', agent: 'dev', project: 'demo', cause: { kind: 'webhook', event: 'issues', delivery: 'd1' }, at: at('00:01'), process: someone });
    runs.setSubject('run-1', 'issue:7');
    expect(runs.running().map(({ id }) => id)).toEqual(['run-1']);
    runs.end('run-1', { kind: 'acted', did: 'opened #12' }, at('00:02'));
    expect(runs.find('run-1')).toEqual({
      id: 'run-1',
      agent: 'dev',
      project: 'demo',
      cause: { kind: 'webhook', event: 'issues', delivery: 'd1' },
      startedAt: at('00:01'),
      endedAt: at('00:02'),
      end: { kind: 'acted', did: 'opened #12' },
      subject: 'issue:7',
      process: someone,
    });
    expect(() => runs.end('run-1', { kind: 'idle', reason: '' }, at('00:03'))).toThrow(
      expect.objectContaining({ kind: 'misuse', message: 'The run run-1 has ended already.' }),
    );
    expect(() => runs.end('run-2', { kind: 'idle', reason: '' }, at('00:03'))).toThrow('The ledger has no run run-2.');
    expect(() => runs.setSubject('run-2', 'pr:1')).toThrow('The ledger has no run run-2.');
    expect(runs.find('run-2')).toBeNull();
  });

  it('are listed by time, agent and subject', () => {
    const ledger = freshLedger();
    startRun(ledger, 'a');
    ledger.runs.start({ id: 'b', agent: 'reviewer', project: 'demo', cause: { kind: 'follow-up', of: 'a' }, at: at('01:00'), process: someone });
    ledger.runs.setSubject('b', 'pr:12');
    const ids = (query: Partial<Parameters<typeof ledger.runs.list>[0]>) => ledger.runs.list({ since: at('00:00'), ...query }).map(({ id }) => id);
    expect([ids({}), ids({ since: at('00:30') }), ids({ agent: 'dev' }), ids({ subject: 'pr:12' }), ids({ agent: 'dev', subject: 'pr:12' })]).toEqual([
      ['a', 'b'],
      ['b'],
      ['a'],
      ['b'],
      [],
    ]);
  });
});

describe('L1: a run whose process is gone', () => {
  it('is closed as lost with its sessions and slots; runs of live processes stay', () => {
    const ledger = freshLedger();
    startRun(ledger, 'dead', { ...someone, startTicks: 'before' });
    startRun(ledger, 'alive');
    startSession(ledger, 'talking', { run: 'dead' });
    startSession(ledger, 'stood', { run: 'dead' });
    answer(ledger, 'talking', 'failed');
    answer(ledger, 'stood');
    ledger.sessions.accept('dead');
    ledger.slots.acquire('scripted', 1, 'dead');
    const lost = ledger.runs.closeLost(({ startTicks }) => startTicks === someone.startTicks, at('03:00'));
    expect(lost).toMatchObject([{ id: 'dead', end: { kind: 'lost', reason: 'its process 4711 on host is gone' }, endedAt: at('03:00') }]);
    expect(ledger.runs.running().map(({ id }) => id)).toEqual(['alive']);
    expect(ledger.sessions.list({ run: 'dead' }).map(({ id, state }) => [id, state])).toEqual([
      ['stood', 'accepted'],
      ['talking', 'lost'],
    ]);
    expect(ledger.slots.acquire('scripted', 1, 'alive')).not.toBeNull();
    expect(ledger.runs.closeLost(() => true, at('04:00'))).toEqual([]);
  });
});
