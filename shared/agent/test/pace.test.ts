import { describe, expect, it } from 'vitest';
import { ForgeError } from '#forge';
import { parseSchedule } from '#schedule/parse';
import { createPace } from '../pace.ts';
import type { Trouble } from '../trouble.ts';
import { idle, setUp, settled, webhook } from './setup.ts';

const met = (cause: string, more: Partial<Trouble> = {}): Trouble => ({
  kind: 'wait',
  cause,
  reason: '',
  mend: '',
  retryAfterSeconds: null,
  unasked: false,
  seenAt: 'look',
  ...more,
});

describe('the pauses between looks', () => {
  const pauses = (...troubles: readonly (Trouble | null)[]): readonly (number | null)[] => {
    const pace = createPace();
    return troubles.map((trouble) => {
      const next = pace(trouble === null ? { kind: 'idle', reason: '' } : { kind: 'waiting', reason: '' }, trouble);
      return next.kind === 'retry' ? next.inMs / 1000 : null;
    });
  };
  const [away, limited] = [met('forge unavailable'), met('forge rate-limited')];

  it('grow for one cause, begin anew for another and after a look that was served', () => {
    expect(pauses(away, away, away, away, limited, limited, null, limited)).toEqual([1, 2, 4, 8, 1, 2, null, 1]);
  });

  it('grow also while two causes take turns', () => {
    expect(pauses(away, limited, away, limited, away, limited)).toEqual([1, 1, 2, 2, 4, 4]);
  });

  it('do not grow by a look that asked nothing, which waits until it may ask', () => {
    const refused = met('forge unavailable', { unasked: true, retryAfterSeconds: 7 });
    expect(pauses(away, away, refused, refused, away)).toEqual([1, 2, 7, 7, 4]);
  });
});

describe('agents of one process that wait for one forge', () => {
  const yearly = { schedule: parseSchedule('0 0 1 1 *') };

  /** dev waits, the merger is served as it is told to be. */
  function twoOf(error: () => ForgeError | null, ofMerger: () => ForgeError | null) {
    const looks = { dev: 0, merger: 0 };
    const look = (name: keyof typeof looks, fails: () => ForgeError | null) => (): Promise<void> => {
      looks[name] += 1;
      const failure = fails();
      return failure === null ? Promise.resolve() : Promise.reject(failure);
    };
    const set = setUp({ run: idle, agent: yearly, refresh: look('dev', error), others: { merger: look('merger', ofMerger) } });
    const askMerger = async (): Promise<void> => {
      set.host.wake('merger@demo', 'b', webhook(`m${looks.merger}`));
      await settled();
    };
    return { ...set, looks, askMerger };
  }
  const limited = (seconds: number | null = null): ForgeError => new ForgeError('rate-limited', '429', { retryAfterSeconds: seconds });

  it('look again soon when one of them is served, and go on', async () => {
    let error: ForgeError | null = limited();
    const { ledger, looks, wake, pass, askMerger } = twoOf(
      () => error,
      () => null,
    );
    await wake();
    await pass(300);
    const before = looks.dev;
    error = null;
    await askMerger();
    expect(ledger.waits.list()).toHaveLength(1);
    await pass(2);
    expect(looks.dev).toBeGreaterThan(before);
    expect(ledger.waits.list()).toEqual([]);
  });

  it('do so once, however often the other one is served, until the forge was away for that one too', async () => {
    let ofMerger: ForgeError | null = null;
    const { looks, wake, pass, askMerger } = twoOf(
      () => limited(),
      () => ofMerger,
    );
    await wake();
    await pass(600);
    const before = looks.dev;
    for (let turn = 0; turn < 20; turn += 1) {
      await askMerger();
      await pass(5);
    }
    expect(looks.dev - before).toBeLessThanOrEqual(2);
    ofMerger = new ForgeError('unavailable', 'away');
    await askMerger();
    ofMerger = null;
    const then = looks.dev;
    await pass(5);
    expect(looks.dev).toBe(then + 1);
  });

  it('keep a wait that the forge asked for, and one for their own account', async () => {
    for (const error of [limited(900), new ForgeError('auth', '401')]) {
      const { looks, wake, pass, askMerger } = twoOf(
        () => error,
        () => null,
      );
      await wake();
      await pass(200);
      const before = looks.dev;
      await askMerger();
      await pass(3);
      expect(looks.dev).toBe(before);
    }
  });
});
