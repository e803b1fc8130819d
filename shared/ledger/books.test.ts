import { describe, expect, it } from 'vitest';
import { at, freshLedger, startRun } from './fixture.ts';

describe('slots', () => {
  it('are as many as the limit, and come back by disposal or with the end of the run', () => {
    const ledger = freshLedger();
    for (const id of ['a', 'b', 'c']) startRun(ledger, id);
    const first = ledger.slots.acquire('model', 2, 'a');
    ledger.slots.acquire('model', 2, 'b');
    expect([ledger.slots.acquire('model', 2, 'c'), ledger.slots.held('model'), ledger.slots.held('other')]).toEqual([null, 2, 0]);
    first?.[Symbol.dispose]();
    first?.[Symbol.dispose]();
    expect(ledger.slots.held('model')).toBe(1);
    ledger.runs.end('b', { kind: 'idle', reason: '' }, at('01:00'));
    expect(ledger.slots.held('model')).toBe(0);
    expect(() => ledger.slots.acquire('model', 2, 'b')).toThrow(expect.objectContaining({ kind: 'misuse' }));
    const late = ledger.slots.acquire('model', 2, 'a');
    ledger.close();
    expect(() => late?.[Symbol.dispose]()).not.toThrow();
  });
});

describe('effects', () => {
  it('are written before and confirmed after', () => {
    const ledger = freshLedger();
    startRun(ledger, 'r');
    const push = ledger.effects.intend({ run: 'r', kind: 'push', target: 'issue:7', detail: 'fix/issue-7', at: at('00:01') });
    const comment = ledger.effects.intend({ run: 'r', kind: 'comment', target: 'issue:8', detail: 'blocked', at: at('00:02') });
    ledger.effects.confirm(push, at('00:03'));
    ledger.effects.confirm(push, at('00:04'));
    expect(ledger.effects.list({ target: 'issue:7' })).toEqual([
      { id: push, run: 'r', kind: 'push', target: 'issue:7', detail: 'fix/issue-7', at: at('00:01'), confirmedAt: at('00:03') },
    ]);
    expect(ledger.effects.list({ unconfirmed: true }).map(({ id }) => id)).toEqual([comment]);
    expect(ledger.effects.list({ since: at('00:02'), run: 'r' }).map(({ id }) => id)).toEqual([comment]);
    expect(() => ledger.effects.confirm(99, at('00:05'))).toThrow('The ledger has no effect 99.');
  });
});

describe('events', () => {
  it('are listed in order, by what they are about and what caused them', () => {
    const { events } = freshLedger();
    events.append({ at: at('00:01'), kind: 'claimed', subject: 'issue:7', cause: 'r1', data: { by: 'dev', list: [1] } });
    events.append({ at: at('00:02'), kind: 'pushed', subject: 'issue:7', cause: 'r2', data: {} });
    events.append({ at: at('00:03'), kind: 'started', subject: null, cause: null, data: {} });
    expect(events.list({})[0]).toEqual({ id: 1, at: at('00:01'), kind: 'claimed', subject: 'issue:7', cause: 'r1', data: { by: 'dev', list: [1] } });
    const ids = (query: Parameters<typeof events.list>[0]) => events.list(query).map(({ id }) => id);
    expect([ids({ after: 1 }), ids({ subject: 'issue:7' }), ids({ cause: 'r2' }), ids({ kind: 'started' }), ids({ limit: 1 })]).toEqual([
      [2, 3],
      [1, 2],
      [2],
      [3],
      [1],
    ]);
  });
});

describe('switches', () => {
  it('pause one agent or all, and resume them', () => {
    const { switches } = freshLedger();
    switches.pause('*', 'release day', at('00:01'));
    switches.pause('dev', 'too eager', at('00:02'));
    expect([switches.paused('dev')?.reason, switches.paused('merger')?.reason]).toEqual(['too eager', 'release day']);
    switches.resume('dev');
    expect(switches.paused('dev')).toEqual({ reason: 'release day', at: at('00:01') });
    switches.pause('dev', 'again', at('00:03'));
    switches.resume('*');
    expect([switches.paused('dev'), switches.paused('merger')]).toEqual([null, null]);
  });

  it('keep one wake per key while it waits, hand it out once, in order', () => {
    const { switches } = freshLedger();
    const cause = (delivery: string) => ({ kind: 'webhook', event: 'issues', delivery }) as const;
    switches.wake('dev@demo', 'issue:9', cause('d1'), at('00:01'));
    switches.wake('dev@demo', 'issue:7', cause('d2'), at('00:02'));
    switches.wake('dev@demo', 'issue:9', cause('d3'), at('00:03'));
    switches.wake('merger@demo', 'pr:1', cause('d4'), at('00:04'));
    expect(switches.takeWakes('dev@demo')).toEqual([
      { key: 'issue:9', cause: cause('d1'), at: at('00:01') },
      { key: 'issue:7', cause: cause('d2'), at: at('00:02') },
    ]);
    expect(switches.takeWakes('dev@demo')).toEqual([]);
    switches.wake('dev@demo', 'issue:9', cause('d5'), at('00:05'));
    expect(switches.takeWakes('dev@demo')).toHaveLength(1);
  });
});
