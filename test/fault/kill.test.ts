import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, leftIn, play, type Played } from './demo.ts';
import { type Dump, dumpForge } from './dump.ts';
import { chains, randomDelays } from './chains.ts';
import type { Moment } from './moment.ts';

const minutes = 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'disinto-kill-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface End {
  readonly finished: Finished;
  readonly dump: Dump;
}

let undisturbed: End;

beforeAll(async () => {
  undisturbed = await finish(join(scratch, 'undisturbed'), { killed: false, tail: '', finished: null });
}, 3 * minutes);

/** Lets the demo in the folder come to its end. */
async function finish(keep: string, before: Played): Promise<End> {
  const played = before.finished === null ? await play(keep, {}) : before;
  if (played.finished === null) throw new Error(`the demo did not come to its end:\n${played.tail}`);
  return { finished: played.finished, dump: await dumpForge(keep, played.finished) };
}

function rounds({ finished }: End): unknown {
  return finished.issues.map(({ title, origin, state, reason, ciRounds, reviewRounds }) => ({ title, origin, state, reason: reason?.replace(/:.*/, ''), ciRounds, reviewRounds })).toSorted((a, b) => a.title.localeCompare(b.title));
}

function expectSame(end: End): void {
  expect(rounds(end)).toEqual(rounds(undisturbed));
  expect(end.dump).toEqual(undisturbed.dump);
  expect(end.finished.ok).toBe(true);
}

it('undisturbed, every issue comes to the end that its folder expects', () => {
  expect(undisturbed.finished.ok).toBe(true);
  expect(undisturbed.dump.mergesOnMain).toBe(4);
  expect(undisturbed.dump.notedMerges).toBe(4);
  expect(Object.values(undisturbed.dump.pulls).map((pulls) => pulls.length)).toEqual([1, 1, 1, 1]);
});

it('the moments are enough', () => {
  expect(Object.values(chains).flat().length + randomDelays.length).toBeGreaterThanOrEqual(20);
});

describe('killed -9 and continued, it ends as if nothing had happened', () => {
  it.each(Object.entries(chains))('%s', async (name, moments: readonly Moment[]) => {
    const keep = join(scratch, name.replaceAll(/\W+/g, '-'));
    for (const moment of moments) {
      const { killed, tail } = await play(keep, { moment });
      expect(killed, `this moment did not come: ${moment.name}\n${tail}`).toBe(true);
      expect(await leftIn(keep), `after: ${moment.name}`).toEqual([]);
    }
    expectSame(await finish(keep, { killed: true, tail: '', finished: null }));
  }, 5 * minutes);

  it('at random', async () => {
    const keep = join(scratch, 'random');
    let played: Played = { killed: true, finished: null, tail: '' };
    for (const afterMs of randomDelays) {
      if (played.finished !== null) break;
      played = await play(keep, { afterMs });
      expect(await leftIn(keep), `after ${afterMs} ms`).toEqual([]);
    }
    expectSame(await finish(keep, played));
  }, 5 * minutes);
});
