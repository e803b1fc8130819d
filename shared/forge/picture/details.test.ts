import { expect, it } from 'vitest';
import type { Forge } from '#forge';
import { createManualClock } from '../../clock/manual.ts';
import { createDetails } from './details.ts';
import { createHearing } from './hearing.ts';

/** Details asked for within the second of the item's last change, on a forge whose clock stands in that second. */
function setUp() {
  const clock = createManualClock(new Date(0));
  const hearing = createHearing(clock);
  const details = createDetails({ forgeTime: () => new Date(0) } as unknown as Forge, clock, hearing);
  let asked = 0;
  const ask = async (): Promise<number> => {
    await details.get(1, 'reviews', new Date(0), () => Promise.resolve((asked += 1)));
    return asked;
  };
  return { clock, hearing, details, ask };
}

it('a doubtful answer is asked for again after the next refresh while nobody tells of changes', async () => {
  const { details, ask } = setUp();
  await ask();
  expect(await ask()).toBe(1);
  details.refreshed('changes');
  expect(await ask()).toBe(2);
});

it('a doubtful answer counts for half a minute while webhooks come, and not once they stop', async () => {
  const { clock, hearing, details, ask } = setUp();
  hearing.heard('items');
  await ask();
  details.refreshed('changes');
  clock.advance(29_000);
  expect(await ask()).toBe(1);
  clock.advance(1000);
  expect(await ask()).toBe(2);
  details.refreshed('changes');
  clock.advance(900_000);
  expect([hearing.hears('items'), await ask()]).toEqual([false, 3]);
});

it('what is forgotten is asked for again at once, webhooks or not', async () => {
  const { hearing, details, ask } = setUp();
  hearing.heard('items');
  await ask();
  details.forget(1);
  expect(await ask()).toBe(2);
});
