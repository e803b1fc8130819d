import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/manual.ts';
import { ForgeError } from '#forge';
import type { StepEvent } from '#pipeline';
import { graceSeconds } from '../limit.ts';
import { type Things, broken, play, settle, thing, told } from './world.ts';

describe('the order of a plan', () => {
  it('BP-01 applies steps strictly in order', async () => {
    const { things, result } = await play([thing('a'), thing('b'), thing('c')]);
    expect(things.log).toEqual(['apply a', 'apply b', 'apply c']);
    expect(result).toEqual({ end: 'done', applied: 3, failures: [] });
  });

  it('BP-02 stops at a fatal failure', async () => {
    const { things, result } = await play([thing('a'), broken('b'), thing('c')]);
    expect(things.log).not.toContain('apply c');
    expect(result).toEqual({ end: 'failed', applied: 1, failures: [{ step: 'b', fatal: true, message: 'b broke' }] });
  });

  it('BP-03 goes on after a degradable failure, and says so', async () => {
    const { things, result } = await play([broken('a', 'degradable'), thing('b')]);
    expect([...things.there]).toEqual(['b']);
    expect(result).toEqual({ end: 'degraded', applied: 1, failures: [{ step: 'a', fatal: false, message: 'a broke' }] });
  });

  it('BP-06 tells each start before its end, with numbers that rise', async () => {
    const { events } = await play([thing('a'), broken('b', 'degradable'), thing('c')]);
    expect(told(events)).toEqual(['started a', 'completed a', 'started b', 'failed b', 'started c', 'completed c']);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('BP-07 goes on when a step that only makes things faster warns or is skipped', async () => {
    const warns = thing('cache', { failure: 'degradable', apply: async () => ({ note: 'filled', warning: 'only half of it' }) });
    const foreign = thing('foreign', { check: async () => ({ state: 'skipped', reason: 'made by somebody else' }) });
    const { events, result, things } = await play([warns, foreign, thing('b')]);
    expect(told(events)).toEqual(['started cache', 'warned cache', 'started foreign', 'skipped foreign', 'started b', 'completed b']);
    expect(result).toEqual({ end: 'degraded', applied: 2, failures: [] });
    expect(things.log).toEqual(['apply cache', 'apply b']);
  });

  it('ends as degraded where what is left as it is asks for a look, and counts it as no change', async () => {
    const foreign = thing('foreign', { check: async () => ({ state: 'skipped', reason: 'made by somebody else', asksForLook: true }) });
    const { events, result } = await play([foreign, thing('b')]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'skipped', reason: 'made by somebody else', asksForLook: true }));
    expect(result).toEqual({ end: 'degraded', applied: 1, failures: [] });
  });

  it('waits for a forge that fails for a moment, checks that step anew, and gives up after three times', async () => {
    const clock = createManualClock(new Date(0));
    let left = 2;
    const shaky = thing('a', {
      apply: () => ((left -= 1) >= 0 ? Promise.reject(new ForgeError('unavailable', 'POST labels: 500')) : Promise.resolve({ note: 'put' })),
    });
    const passing = async (): Promise<void> => {
      for (const ms of [1000, 2000, 4000]) {
        await settle();
        clock.advance(ms);
      }
    };
    const [{ things, result }] = await Promise.all([play([shaky, thing('b')], { clock }), passing()]);
    expect([things.log, result]).toEqual([['apply a', 'apply a', 'apply a', 'apply b'], { end: 'done', applied: 2, failures: [] }]);
    left = 9;
    const [away] = await Promise.all([play([shaky, thing('b')], { clock }), passing()]);
    expect([away.things.log, away.result.end]).toEqual([['apply a', 'apply a', 'apply a', 'undo a'], 'failed']);
  });

  it('looks at each step again right before it is applied', async () => {
    const second = thing('second', {
      check: async ({ there }) => (there.has('first') ? { state: 'present', note: 'came with first' } : { state: 'absent', actions: ['put second'] }),
    });
    const { planned, things, events } = await play([thing('first'), second]);
    expect(planned[1]?.check).toEqual({ state: 'absent', actions: ['put second'] });
    expect(things.log).toEqual(['apply first']);
    expect(events.at(-1)).toMatchObject({ type: 'completed', step: 'second', note: 'came with first' });
  });
});

describe('stopping a plan', () => {
  it('BP-09 applies nothing more after an abort between steps, and takes nothing back', async () => {
    const stop = new AbortController();
    const last = thing('b', {
      apply: async () => {
        stop.abort(new Error('stopped by a person'));
        return { note: 'put b' };
      },
    });
    const { things, result } = await play([thing('a'), last, thing('c')], { signal: stop.signal });
    expect(things.log).toEqual(['apply a', 'apply b']);
    expect(result).toEqual({ end: 'cancelled', applied: 2, failures: [] });
  });

  it('BP-09 ends the step that runs, and counts as cancelled even where that step is fatal', async () => {
    const stop = new AbortController();
    const hangs = thing('b', { apply: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))) });
    const playing = play([thing('a'), hangs], { signal: stop.signal });
    await settle();
    stop.abort(new Error('stopped by a person'));
    const { things, result } = await playing;
    expect(things.log).toEqual(['apply a', 'apply b']);
    expect(result).toEqual({ end: 'cancelled', applied: 1, failures: [{ step: 'b', fatal: true, message: 'stopped by a person' }] });
  });

  it('BP-10 gives a step up at its time limit, after a grace for one that does not listen', async () => {
    const clock = createManualClock(new Date(0));
    const late: { tools?: { undo: (name: string, act: () => Promise<void>) => void } } = {};
    const deaf = thing('deaf', {
      timeoutSeconds: 7,
      apply: (_, tools) => {
        late.tools = tools;
        return new Promise(() => {});
      },
    });
    const playing = play([deaf], { clock });
    await settle();
    clock.advance(7000);
    await settle();
    clock.advance(graceSeconds * 1000);
    const { result } = await playing;
    expect(result.failures).toEqual([{ step: 'deaf', fatal: true, message: 'not done within 7 s' }]);
    expect(() => late.tools?.undo('too late', async () => {})).toThrow('given up');
    expect(clock.pending()).toBe(0);
  });

  it('BP-10 limits checks too, in planning and in applying', async () => {
    const clock = createManualClock(new Date(0));
    const listens = thing('a', {
      failure: 'degradable',
      timeoutSeconds: 2,
      check: (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const playing = play([listens, thing('b')], { clock });
    await settle();
    clock.advance(2000);
    await settle();
    clock.advance(2000);
    const { planned, result } = await playing;
    expect(planned[0]?.check).toEqual({ state: 'impossible', reason: 'not done within 2 s', byHand: [] });
    expect(result).toMatchObject({ end: 'degraded', applied: 1 });
  });
});

describe('what is said', () => {
  it('BP-13 lets no secret into events, plans and results, wherever it stands', async () => {
    const secret = 's3cr3t-value';
    const mask = (text: string): string => text.replaceAll(secret, '[masked]');
    const steps = [
      thing(`a`, {
        check: async () => ({ state: 'absent', actions: [`use ${secret}`] }),
        apply: (_, { phase }) => phase(`with ${secret}`, async () => ({ note: secret, warning: secret })),
      }),
      thing('b', { check: async () => ({ state: 'skipped', reason: secret }) }),
      thing('c', { failure: 'degradable', check: async () => ({ state: 'impossible', reason: secret, byHand: [secret] }) }),
      thing('d', {
        apply: async (_, { undo }) => {
          undo(`revoke ${secret}`, async () => {
            throw new Error(`cannot revoke ${secret}`);
          });
          throw new Error(`refused ${secret}`);
        },
      }),
    ];
    const { events, planned, result } = await play(steps, { mask });
    expect(result.end).toBe('failed');
    expect(JSON.stringify({ events, planned, result })).not.toContain(secret);
    expect(events.map(({ type }) => type)).toContain('undone');
  });

  it('goes on when the reporter throws', async () => {
    const { result } = await play([thing('a'), thing('b')], {
      reporter: () => {
        throw new Error('the terminal is gone');
      },
    });
    expect(result).toEqual({ end: 'done', applied: 2, failures: [] });
  });

  it('BP-14 applies nothing when a finished plan runs again', async () => {
    const steps = [thing('a'), thing('b')];
    const things: Things = { there: new Set(), log: [] };
    await play(steps, { things });
    const again = await play(steps, { things });
    expect(again.planned.map(({ check }) => check.state)).toEqual(['present', 'present']);
    expect(again.result).toEqual({ end: 'done', applied: 0, failures: [] });
    expect(things.log).toEqual(['apply a', 'apply b']);
    expect(told(again.events)).toEqual(['started a', 'completed a', 'started b', 'completed b']);
  });

  it('measures phases and steps by the monotonic clock', async () => {
    const clock = createManualClock(new Date(0));
    const slow = thing('a', {
      apply: (_, { phase }) =>
        phase('copy', async () => {
          clock.set(new Date(86_400_000));
          clock.advance(1500);
          return { note: 'copied' };
        }),
    });
    const { events } = await play([slow], { clock });
    const timed = events.filter((event): event is StepEvent & { durationMs: number } => 'durationMs' in event);
    expect(timed.map(({ type, durationMs }) => [type, durationMs])).toEqual([
      ['phase', 1500],
      ['completed', 1500],
    ]);
  });
});
