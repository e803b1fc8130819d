import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/manual.ts';
import { PipelineError, type Step, type StepEvent } from '#pipeline';
import { applySteps } from '../apply.ts';
import { graceSeconds } from '../limit.ts';
import { planSteps } from '../plan.ts';
import { type Things, broken, play, settle, thing, told } from './world.ts';

describe('taking back', () => {
  it('BP-04 takes back after a fatal failure only, newest first', async () => {
    const failed = await play([thing('a'), thing('b'), broken('c')]);
    expect(failed.things.log.slice(3)).toEqual(['undo c', 'undo b', 'undo a']);
    expect(failed.things.there.size).toBe(0);
    const degraded = await play([thing('a'), broken('b', 'degradable')]);
    expect(degraded.things.log.filter((line) => line.startsWith('undo'))).toEqual([]);
  });

  it('BP-05 takes back nothing that was registered before a disarm', async () => {
    const usable = thing('b', {
      apply: async (_, { disarm }) => {
        disarm();
        return { note: 'usable from here' };
      },
    });
    const { things } = await play([thing('a'), usable, thing('c'), broken('d')]);
    expect(things.log.filter((line) => line.startsWith('undo'))).toEqual(['undo d', 'undo c']);
    expect([...things.there]).toEqual(['a', 'b']);
  });

  it('BP-08 takes back when a step throws at once, whatever it throws', async () => {
    const throws: Step<Things> = { ...thing('b'), apply: () => Promise.reject('a bare text') };
    const { things, result } = await play([thing('a'), throws]);
    expect(result.failures).toEqual([{ step: 'b', fatal: true, message: 'a bare text' }]);
    expect(things.log).toEqual(['apply a', 'undo a']);
  });

  it('BP-11 runs the other acts when one throws or hangs', async () => {
    const clock = createManualClock(new Date(0));
    const worse = thing('b', {
      apply: async (_, { undo }) => {
        undo('throws', async () => {
          throw new Error('no way back');
        });
        undo('hangs', () => new Promise(() => {}));
        return { note: 'put b' };
      },
    });
    const playing = play([thing('a'), worse, broken('c')], { clock });
    await settle();
    clock.advance(10_000);
    await settle();
    clock.advance(graceSeconds * 1000);
    const { events, things } = await playing;
    expect(things.log.slice(3)).toEqual(['undo c', 'undo b', 'undo a']);
    expect(events.flatMap((event) => (event.type === 'undone' ? [[event.name, event.message]] : []))).toEqual([
      ['remove c', null],
      ['hangs', 'not done within 10 s'],
      ['throws', 'no way back'],
      ['remove b', null],
      ['remove a', null],
    ]);
  });
});

describe('every start', () => {
  const terminal = new Set(['completed', 'warned', 'skipped', 'failed']);
  const seeds = Array.from({ length: 300 }, (_, index) => index + 1);

  it('BP-12 has exactly one end, in random plans', async () => {
    for (const seed of seeds) {
      const next = dice(seed);
      const stop = new AbortController();
      const steps = Array.from({ length: 1 + next(8) }, (_, index) => randomStep(`s${index}`, next, stop));
      const { events } = await play(steps, { signal: stop.signal });
      const unfinished = events.reduce<string | null>((open, event) => {
        if (event.type === 'started') expect(open, `seed ${seed}`).toBeNull();
        else if (event.type !== 'undone') expect(event.step, `seed ${seed}`).toBe(open);
        if (event.type === 'started') return event.step;
        return terminal.has(event.type) ? null : open;
      }, null);
      expect(unfinished, `seed ${seed}`).toBeNull();
      const started = events.filter(({ type }) => type === 'started').map(({ step }) => step);
      expect(new Set(started).size, `seed ${seed}`).toBe(started.length);
    }
  });
});

describe('plans that cannot be carried out', () => {
  const barred = thing('b', { check: async () => ({ state: 'impossible', reason: 'no admin rights', byHand: ['add dev-bot', 'protect main'] }) });

  it('applies nothing at all while a fatal step is impossible, and says what to do by hand', async () => {
    const { things, result, events } = await play([thing('a'), barred, thing('c')]);
    expect(things.log).toEqual([]);
    expect(result).toEqual({
      end: 'failed',
      applied: 0,
      failures: [{ step: 'b', fatal: true, message: 'no admin rights. By hand: add dev-bot; protect main' }],
    });
    expect(told(events)).toEqual(['started b', 'failed b']);
  });

  it('goes on past a degradable step that is impossible', async () => {
    const { things, result } = await play([thing('a'), { ...barred, failure: 'degradable' }, thing('c')]);
    expect(things.log).toEqual(['apply a', 'apply c']);
    expect(result).toMatchObject({ end: 'degraded', applied: 2 });
  });

  it('refuses two steps with one id, and a plan of other steps', async () => {
    const tools = { signal: new AbortController().signal, clock: createManualClock(new Date(0)) };
    const things: Things = { there: new Set(), log: [] };
    await expect(planSteps([thing('a'), thing('a')], things, tools)).rejects.toThrow(PipelineError);
    const planned = await planSteps([thing('a')], things, tools);
    await expect(applySteps([thing('b')], planned, things, tools)).rejects.toThrow('plan again');
    expect(things.log).toEqual([]);
  });

  it('changes nothing while planning, and ends a planning that is stopped', async () => {
    const stop = new AbortController();
    const things: Things = { there: new Set(), log: [] };
    const events: StepEvent[] = [];
    const tools = { signal: stop.signal, clock: createManualClock(new Date(0)), reporter: (event: StepEvent) => events.push(event) };
    await planSteps([thing('a'), thing('b')], things, tools);
    expect([things.log, events.map(({ type }) => type)]).toEqual([[], ['checked', 'checked']]);
    stop.abort(new Error('stopped by a person'));
    await expect(planSteps([thing('a')], things, tools)).rejects.toThrow('stopped by a person');
  });
});

/** Whole numbers below a bound, the same for each seed. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

function randomStep(id: string, next: (below: number) => number, stop: AbortController): Step<Things> {
  const failure = next(3) === 0 ? 'fatal' : 'degradable';
  const kind = next(9);
  if (kind === 0) return broken(id, failure);
  if (kind === 1) return thing(id, { failure, check: async () => ({ state: 'skipped', reason: 'foreign' }) });
  if (kind === 2) return thing(id, { failure, check: async () => ({ state: 'present' }) });
  if (kind === 3) return thing(id, { failure, check: () => Promise.reject(new Error('cannot look')) });
  if (kind === 4) return thing(id, { failure, apply: async () => ({ note: 'done', warning: 'look' }) });
  if (kind === 5) return thing(id, { failure, apply: (_, { phase }) => phase('inside', () => Promise.reject(new Error('inside'))) });
  const apply = async (): Promise<{ note: string }> => {
    if (kind === 6 && next(3) === 0) stop.abort(new Error('stopped'));
    return { note: 'done' };
  };
  return thing(id, { failure, apply });
}
