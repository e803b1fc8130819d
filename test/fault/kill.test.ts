import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { demoFolder, type Finished, leftIn, play, processesIn, type Played } from './demo.ts';
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

const nothingPlayed: Played = { killed: false, finished: null, tail: '' };
let undisturbed: End;
/** Most processes seen at once in the folder of the undisturbed demo. */
let most = 0;

beforeAll(async () => {
  const keep = join(scratch, 'undisturbed');
  const look = setInterval(() => (most = Math.max(most, processesIn(keep).length)), 250);
  undisturbed = await finish(keep, nothingPlayed).finally(() => clearInterval(look));
}, 3 * minutes);

/** Lets the demo in the folder come to its end. */
async function finish(keep: string, before: Played): Promise<End> {
  const played = before.finished === null ? await play(keep, {}) : before;
  if (played.finished === null) throw new Error(`the demo did not come to its end:\n${played.tail}`);
  return { finished: played.finished, dump: await dumpForge(keep, played.finished) };
}

function rounds({ finished }: End): unknown {
  return finished.issues
    .map(({ title, origin, state, reason, ciRounds, reviewRounds }) => ({ title, origin, state, reason: reason?.replace(/:.*/, ''), ciRounds, reviewRounds }))
    .toSorted((a, b) => a.title.localeCompare(b.title));
}

function expectSame(end: End): void {
  expect(rounds(end)).toEqual(rounds(undisturbed));
  expect({ ...end.dump, salvaged: [] }).toEqual(undisturbed.dump);
  expect(end.dump.salvaged, 'one comment about salvaged work at most').toEqual([...new Set(end.dump.salvaged)]);
  expect(end.finished.ok).toBe(true);
}

it('undisturbed, every issue comes to the end that its folder expects', () => {
  const expected = parse(readFileSync(join(demoFolder, 'expect.yaml'), 'utf8')) as { issues: readonly unknown[] };
  const given = undisturbed.finished.issues.filter(({ origin }) => origin === 'given');
  expect(given.map(({ reason, ...issue }) => ({ ...issue, ...(reason === undefined ? {} : { reason: reason.replace(/:.*/, '') }) }))).toMatchObject(
    expected.issues,
  );
  expect(undisturbed.finished.ok).toBe(true);
  expect(most, 'processes of the demo that are found while it works').toBeGreaterThan(3);
  expect(undisturbed.dump.mergesOnMain).toBe(4);
  expect(undisturbed.dump.notedMerges).toBe(4);
  expect(Object.values(undisturbed.dump.pulls).map((pulls) => pulls.length)).toEqual([1, 1, 1, 1]);
});

it('the moments are enough', () => {
  expect(Object.values(chains).flat().length + randomDelays.length).toBeGreaterThanOrEqual(20);
});

describe('killed -9 and continued, it ends as if nothing had happened', () => {
  it.each(Object.entries(chains))(
    '%s',
    async (name, moments: readonly Moment[]) => {
      const keep = join(scratch, name.replaceAll(/\W+/g, '-'));
      for (const moment of moments) {
        const { killed, tail } = await play(keep, { moment });
        expect(killed, `this moment did not come: ${moment.name}\n${tail}`).toBe(true);
        expect(await leftIn(keep), `after: ${moment.name}`).toEqual([]);
      }
      const end = await finish(keep, nothingPlayed);
      expectSame(end);
      if (moments.some((moment) => moment.name.includes('answer of a model'))) expect(end.dump.salvaged).toContain('Set the plain value');
    },
    5 * minutes,
  );

  it(
    'at random',
    async () => {
      const keep = join(scratch, 'random');
      let played = nothingPlayed;
      for (const afterMs of randomDelays) {
        if (played.finished !== null) break;
        played = await play(keep, { afterMs });
        expect(await leftIn(keep), `after ${afterMs} ms`).toEqual([]);
      }
      expectSame(await finish(keep, played));
    },
    5 * minutes,
  );
});
