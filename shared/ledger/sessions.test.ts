import { describe, expect, it } from 'vitest';
import type { Ledger } from './ledger.ts';
import { answer, at, freshLedger, startRun, startSession } from './fixture.ts';

const endRun = (ledger: Ledger, id: string): void => ledger.runs.end(id, { kind: 'acted', did: 'pushed' }, at('00:05'));
const loseAll = (ledger: Ledger): unknown => ledger.runs.closeLost(() => false, at('00:06'));

describe('sessions', () => {
  it('are found by their key only while they run', () => {
    const { sessions, ...rest } = freshLedger();
    const started = startSession({ sessions, ...rest }, 's1');
    expect(sessions.findByKey('digest-s1')).toEqual(started);
    answer({ sessions, ...rest }, 's1', 'failed');
    expect(sessions.findByKey('digest-s1')).toBeNull();
    expect(sessions.find('s1')).toMatchObject({
      state: 'failed',
      failure: 'wall',
      usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 100, usd: 0.5 },
      endedAt: at('00:02'),
    });
    expect(() => answer({ sessions, ...rest }, 's1')).toThrow('is not running');
  });

  it('count a round for each accepted answer to the same issue and task, and only those', () => {
    const ledger = freshLedger();
    const round = (id: string, more = {}): number => startSession(ledger, id, more).round;
    expect(round('s1')).toBe(1);
    answer(ledger, 's1');
    expect(round('s2')).toBe(1);
    ledger.sessions.accept('run-of-s1');
    ledger.sessions.accept('run-of-s1');
    ledger.sessions.accept('a-run-without-session');
    expect([round('s3'), round('s4', { task: 'review' }), round('s5', { issue: 8 })]).toEqual([2, 1, 1]);
    answer(ledger, 's3', 'failed');
    ledger.sessions.accept('run-of-s3');
    expect(round('s6')).toBe(2);
  });

  it('count the answer of a lost run once its effect is seen to stand, but no answer that never came', () => {
    const ledger = freshLedger();
    startSession(ledger, 's1');
    startSession(ledger, 's2', { issue: 8 });
    answer(ledger, 's1');
    loseAll(ledger);
    expect(ledger.sessions.find('s1')?.state).toBe('lost');
    ledger.sessions.accept('run-of-s1');
    ledger.sessions.accept('run-of-s2');
    expect([ledger.sessions.find('s1')?.state, ledger.sessions.find('s2')?.state]).toEqual(['accepted', 'lost']);
  });

  it('sum up what they cost since an instant', () => {
    const ledger = freshLedger();
    for (const id of ['s1', 's2', 's3']) startSession(ledger, id);
    answer(ledger, 's1');
    answer(ledger, 's2', 'failed');
    expect(ledger.sessions.spend(at('00:02'))).toEqual({ tokens: 30, usd: 1 });
    expect(ledger.sessions.spend(at('00:03'))).toEqual({ tokens: 0, usd: 0 });
    expect(ledger.sessions.list({ project: 'demo', issue: 7 })).toHaveLength(3);
    expect(ledger.sessions.list({ since: at('01:00') })).toEqual([]);
  });
});

describe('entries of a playbook', () => {
  const two = [
    { entry: 0, times: 1 },
    { entry: 4, times: 2 },
  ];

  it('are given in order, as often as they may be used, and again to the same session', () => {
    const ledger = freshLedger();
    const given = ['s1', 's2', 's3', 's4'].map((id) => ledger.sessions.assignEntry(startSession(ledger, id).id, two));
    expect(given).toEqual([0, 4, 4, null]);
    expect(ledger.sessions.assignEntry('s1', [])).toBe(0);
    expect(() => ledger.sessions.assignEntry('unheard-of', two)).toThrow('The ledger has no session unheard-of.');
  });

  it('stay used when their run ends, also with a failed session', () => {
    const ledger = freshLedger();
    startSession(ledger, 's1');
    ledger.sessions.assignEntry('s1', two);
    answer(ledger, 's1', 'failed');
    endRun(ledger, 'run-of-s1');
    startSession(ledger, 's2');
    expect(ledger.sessions.assignEntry('s2', two)).toBe(4);
  });

  it('come back when their run is lost, unless its answer was accepted', () => {
    const ledger = freshLedger();
    for (const id of ['s1', 's2']) ledger.sessions.assignEntry(startSession(ledger, id).id, two);
    answer(ledger, 's1', 'failed');
    answer(ledger, 's2');
    loseAll(ledger);
    startSession(ledger, 's3');
    expect(ledger.sessions.assignEntry('s3', two)).toBe(0);
    ledger.sessions.accept('run-of-s2');
    startSession(ledger, 's4');
    startSession(ledger, 's5');
    expect([ledger.sessions.assignEntry('s4', two), ledger.sessions.assignEntry('s5', two)]).toEqual([4, null]);
  });

  it('stay used when the failure of a lost run is written down on the forge', () => {
    const ledger = freshLedger();
    ledger.sessions.assignEntry(startSession(ledger, 's1').id, two);
    answer(ledger, 's1');
    loseAll(ledger);
    ledger.sessions.confirmFailed('run-of-s1');
    expect(ledger.sessions.assignEntry(startSession(ledger, 's2').id, two)).toBe(4);
    expect([ledger.sessions.find('s1')?.state, ledger.sessions.find('s2')?.round]).toEqual(['failed', 1]);
  });

  it('are not given twice within a run that goes on after its session', () => {
    const ledger = freshLedger();
    const run = startRun(ledger, 'r1');
    startSession(ledger, 's1', { run });
    startSession(ledger, 's2', { run });
    ledger.sessions.assignEntry('s1', two);
    answer(ledger, 's1', 'failed');
    expect(ledger.sessions.assignEntry('s2', two)).toBe(4);
  });
});
