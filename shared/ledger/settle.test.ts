import { describe, expect, it } from 'vitest';
import { at, everyMinutes, freshLedger, schedule, startRun } from './fixture.ts';

describe('settling on time', () => {
  it('opens a run for the occurrence, in the same transaction as the next due time', () => {
    const ledger = freshLedger();
    const { settle, story } = schedule(ledger);
    expect(settle('00:05')).toEqual({ start: [], nextDue: at('00:10') });
    const { start, nextDue } = settle('00:10');
    expect(start).toEqual([{ run: 'run-2', occurrence: 1, dueAt: at('00:10') }]);
    expect([nextDue, ledger.schedules.nextDue('dev@demo')]).toEqual([at('00:20'), at('00:20')]);
    expect(ledger.runs.find('run-2')).toMatchObject({ cause: { kind: 'occurrence', occurrence: 1 }, end: null });
    expect(story()).toEqual(['00:10 ran']);
  });

  it('counts from the first look, and is over after its last due time', () => {
    const ledger = freshLedger();
    const once = (after: Date) => ({ past: after < at('00:10') ? [at('00:10')] : [], next: null });
    const { settle } = schedule(ledger, {}, (after, until) => (until < at('00:10') ? { past: [], next: at('00:10') } : once(after)));
    expect(settle('00:00').nextDue).toEqual(at('00:10'));
    expect(settle('00:10')).toMatchObject({ start: [{ dueAt: at('00:10') }], nextDue: null });
    expect(settle('00:20')).toEqual({ start: [], nextDue: null });
    expect(ledger.schedules.nextDue('unheard@of')).toBeNull();
  });

  it('merges several that are on time together into the latest', () => {
    const { settle, story } = schedule(freshLedger(), { graceSeconds: 3600, catchUp: { kind: 'none' } });
    settle('00:00');
    settle('00:35');
    expect(story()).toEqual(['00:10 into 00:30', '00:20 into 00:30', '00:30 ran']);
  });
});

describe('settling late', () => {
  it('is late one millisecond after the grace, not before', () => {
    const { settle, story } = schedule(freshLedger(), { catchUp: { kind: 'none' } });
    settle('00:00');
    settle('00:11:00');
    settle('00:21:00.001');
    expect(story()).toEqual(['00:10 ran', '00:20 missed by 60.001 s: nobody was there in time, and there is no catch-up']);
  });

  it('latest: merges the older into the latest, which runs', () => {
    const { settle, story } = schedule(freshLedger());
    settle('00:00');
    expect(settle('00:35').start).toMatchObject([{ dueAt: at('00:30') }]);
    expect(story()).toEqual(['00:10 into 00:30', '00:20 into 00:30', '00:30 ran']);
  });

  it('all: runs the newest few, each in a run of its own, and misses the others', () => {
    const { settle, story } = schedule(freshLedger(), { catchUp: { kind: 'all', max: 2 } });
    settle('00:00');
    expect(settle('00:45').start.map(({ run, dueAt }) => [run, dueAt])).toEqual([
      ['run-2', at('00:30')],
      ['run-2-2', at('00:40')],
    ]);
    expect(story()).toEqual(['00:10 missed by 2100 s: more than 2 were late', '00:20 missed by 1500 s: more than 2 were late', '00:30 ran', '00:40 ran']);
  });

  it('window: runs those inside it, its edge included', () => {
    const { settle, story } = schedule(freshLedger(), { catchUp: { kind: 'window', seconds: 1200 } });
    settle('00:00');
    settle('00:40');
    expect(story()).toEqual(['00:10 missed by 1800 s: later than the catch-up window of 1200 s', '00:20 ran', '00:30 ran', '00:40 ran']);
  });
});

describe('overlap', () => {
  it('skip: says that one is still running', () => {
    const { settle, end, story } = schedule(freshLedger());
    settle('00:00');
    settle('00:10');
    settle('00:20');
    end('run-2', '00:25');
    settle('00:25');
    settle('00:30');
    expect(story()).toEqual(['00:10 ran', '00:20 skipped: still running', '00:30 ran']);
  });

  it('queue-one: one waits and starts when the run ends, further ones merge into it', () => {
    const { settle, end, story } = schedule(freshLedger(), { overlap: 'queue-one' });
    settle('00:00');
    settle('00:10');
    for (const time of ['00:20', '00:30', '00:35', '00:40']) settle(time);
    expect(story()).toEqual(['00:10 ran', '00:20 waits', '00:30 into 00:20', '00:40 into 00:20']);
    end('run-2', '00:45');
    expect(settle('00:45').start).toMatchObject([{ dueAt: at('00:20') }]);
    settle('00:50');
    expect(story()).toEqual(['00:10 ran', '00:20 ran', '00:30 into 00:20', '00:40 into 00:20', '00:50 waits']);
  });

  it('queue-one: what was due while the waiting one starts queues behind it, with its older ones', () => {
    const { settle, end, story } = schedule(freshLedger(), { overlap: 'queue-one' });
    settle('00:00');
    settle('00:10');
    settle('00:20');
    end('run-2', '00:50');
    settle('00:50');
    expect(story()).toEqual(['00:10 ran', '00:20 ran', '00:30 into 00:50', '00:40 into 00:50', '00:50 waits']);
    settle('01:30');
    expect(story().slice(5)).toEqual(['01:00 into 00:50', '01:10 into 00:50', '01:20 into 00:50', '01:30 into 00:50']);
  });

  it('sees runs of any cause in any process, and what the host says', () => {
    const ledger = freshLedger();
    const { settle, end, story } = schedule(ledger);
    settle('00:00');
    startRun(ledger, 'woken');
    settle('00:10');
    end('woken', '00:11');
    settle('00:20', { busy: true });
    expect(story()).toEqual(['00:10 skipped: still running', '00:20 skipped: still running']);
  });
});

describe('clocks and edits', () => {
  it('repeats nothing when the clock steps back, and goes on where it was', () => {
    const { settle, end, story } = schedule(freshLedger());
    settle('00:00');
    settle('00:10');
    end('run-2', '00:10:30');
    expect(settle('00:01')).toEqual({ start: [], nextDue: at('00:20') });
    settle('00:10');
    settle('00:20');
    expect(story()).toEqual(['00:10 ran', '00:20 ran']);
  });

  it('counts an edited schedule from the edit, and a promise that passed before it as missed', () => {
    const ledger = freshLedger();
    const old = schedule(ledger, {}, everyMinutes(60));
    old.settle('00:00');
    const edited = schedule(ledger, {}, everyMinutes(40));
    expect(edited.settle('02:30')).toEqual({ start: [], nextDue: at('02:40') });
    edited.settle('02:40');
    expect(edited.story()).toEqual(['01:00 missed by 5400 s: the schedule was changed', '02:40 ran']);
  });

  it('writes nothing for an edit whose old promise is still ahead', () => {
    const ledger = freshLedger();
    schedule(ledger, {}, everyMinutes(60)).settle('00:00');
    const edited = schedule(ledger, {}, everyMinutes(40));
    expect(edited.settle('00:10').nextDue).toEqual(at('00:40'));
    expect(edited.story()).toEqual([]);
  });

  it('settles weeks of minutes in one go', () => {
    const ledger = freshLedger();
    const { settle } = schedule(ledger, {}, everyMinutes(1));
    settle('00:00');
    settle('00:00', { now: new Date(at('00:00').getTime() + 21 * 86_400_000) });
    expect(ledger.schedules.audit(new Date(0), at('23:00'))).toMatchObject([{ occurrences: 30_240, ran: 1, coalesced: 30_239, unexplained: 0 }]);
  });
});

describe('pauses', () => {
  it('skip what is owed, also what waits, with the reason, until someone resumes', () => {
    const ledger = freshLedger();
    const { settle, end, story } = schedule(ledger, { overlap: 'queue-one' });
    settle('00:00');
    settle('00:10');
    settle('00:20');
    ledger.switches.pause('*', 'release day', at('00:25'));
    settle('00:26');
    end('run-2', '00:27');
    settle('00:35');
    ledger.switches.resume('*');
    settle('00:40');
    expect(story()).toEqual(['00:10 ran', '00:20 skipped: paused: release day', '00:30 skipped: paused: release day', '00:40 ran']);
  });
});

describe('the audit', () => {
  it('counts ends per schedule, and what has none without a run to wait for', () => {
    const ledger = freshLedger();
    const { settle, end } = schedule(ledger, { overlap: 'queue-one' });
    settle('00:00');
    settle('00:10');
    settle('00:20');
    const audit = () => ledger.schedules.audit(at('00:00'), at('00:25'));
    expect(audit()).toEqual([{ schedule: 'dev@demo', occurrences: 2, ran: 1, skipped: 0, missed: 0, coalesced: 0, unexplained: 0, nextDue: at('00:30') }]);
    end('run-2', '00:25');
    expect(audit()).toMatchObject([{ unexplained: 1 }]);
    expect(ledger.schedules.audit(at('00:30'), at('00:40'))).toMatchObject([{ occurrences: 0, unexplained: 0 }]);
  });
});
