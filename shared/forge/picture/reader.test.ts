import { describe, expect, it } from 'vitest';
import { type Forge, ForgeError, type ForgeErrorKind } from '#forge';
import { createManualClock } from '../../clock/manual.ts';
import { createView } from '../cached-view.ts';
import { createPicture } from './picture.ts';

/** Accounts of one empty repository; `refuses` says which of them the forge does not serve, and how. */
function accounts(...names: readonly string[]) {
  const refuses = new Map<string, ForgeErrorKind>();
  const calls: string[] = [];
  const clock = createManualClock(new Date(0));
  const forges = names.map((name) => {
    const ask = (what: string) => (): Promise<readonly never[]> => {
      calls.push(`${name} ${what}`);
      const kind = refuses.get(name);
      return kind === undefined ? Promise.resolve([]) : Promise.reject(new ForgeError(kind, `${name} is refused`));
    };
    return { changes: ask('changes'), listComments: ask('comments') } as Partial<Forge> as Forge;
  });
  const picture = createPicture({ forge: forges[0]!, clock });
  const views = forges.map((forge) => createView({ forge, clock, picture }));
  const looks = async (): Promise<readonly string[]> => {
    const ends = await Promise.allSettled(views.map((view) => view.refresh()));
    return ends.map((end) => (end.status === 'fulfilled' ? 'served' : (end.reason as Error).message));
  };
  return { refuses, calls, clock, looks, views };
}

describe('a picture that several accounts look at', () => {
  it('is read by one of them; the others are asked whether they are served once in a while', async () => {
    const { calls, clock, looks } = accounts('dev', 'merger');
    await looks();
    expect(calls.toSorted()).toEqual(['dev changes', 'merger changes']);
    calls.length = 0;
    for (let minute = 0; minute < 14; minute += 1) {
      clock.advance(60_000);
      await looks();
    }
    expect(calls.filter((call) => call === 'merger changes')).toEqual([]);
    clock.advance(60_000);
    await looks();
    expect(calls.filter((call) => call === 'merger changes')).toEqual(['merger changes']);
  });

  it.each(['auth', 'forbidden', 'not-found'] as const)('goes on when the reader meets %s, and only that agent waits', async (kind) => {
    const { refuses, looks } = accounts('dev', 'reviewer', 'merger');
    await looks();
    refuses.set('dev', kind);
    expect(await looks()).toEqual(['dev is refused', 'served', 'served']);
    expect(await looks()).toEqual(['dev is refused', 'served', 'served']);
    refuses.clear();
    expect(await looks()).toEqual(['served', 'served', 'served']);
  });

  it('hands over within a question about an item', async () => {
    const { refuses, views, looks } = accounts('dev', 'merger');
    await looks();
    refuses.set('dev', 'auth');
    expect(await views[1]!.comments(7)).toEqual([]);
  });

  it('waits as a whole when nobody is served, and each goes on with its own account', async () => {
    const { refuses, looks } = accounts('dev', 'merger');
    await looks();
    for (const name of ['dev', 'merger']) refuses.set(name, 'auth');
    await looks();
    expect(await looks()).toEqual(['dev is refused', 'merger is refused']);
    refuses.delete('merger');
    expect(await looks()).toEqual(['dev is refused', 'served']);
    refuses.delete('dev');
    expect(await looks()).toEqual(['served', 'served']);
  });

  it('an account that never reads is seen to be refused within the quarter of an hour', async () => {
    const { refuses, clock, looks } = accounts('dev', 'merger');
    await looks();
    refuses.set('merger', 'auth');
    clock.advance(900_000);
    expect(await looks()).toEqual(['served', 'merger is refused']);
  });
});
