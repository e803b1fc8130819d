import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runDemo, slugOf } from './demo.ts';
import { type Case, everyCase, faultFolder } from './faults.ts';
import { makePlace } from './folder.ts';
import { checkKept, sessionsOf } from './kept.ts';

/** With the demos in `test/fixtures/demos` every fault has been met at every task; `ALL_FAULTS=1` plays all of them here. */
const all = process.env['ALL_FAULTS'] !== undefined;

const once: readonly Case[] = [
  { task: 'fix-checks', fault: 'cut', times: 1 },
  { task: 'resolve-conflict', fault: 'malformed', times: 1 },
  { task: 'review', fault: 'http-401', times: 1 },
];
const thrice: readonly Case[] = [
  { task: 'implement', fault: 'hang', times: 3 },
  { task: 'fix-checks', fault: 'malformed', times: 3 },
  { task: 'address-review', fault: 'loop', times: 3 },
  { task: 'resolve-conflict', fault: 'http-401', times: 3 },
  { task: 'review', fault: 'http-500', times: 3 },
];

it.each([
  ['once, then the next session does it', 'python', all ? everyCase(1) : once],
  ['thrice, then the issue is parked and the rest goes on', 'shell', all ? everyCase(3) : thrice],
] as const)('faults, %s', { timeout: 600_000 }, async (_, repository, cases) => {
  using flags = makePlace({ issues: [] });
  const folder = faultFolder(cases, repository, flags.keep);
  mkdirSync(flags.keep);
  using place = makePlace(folder.plan);
  const { code, finished } = await runDemo(place.folder, place.keep, { seconds: 580 });
  const sessions = sessionsOf(place.keep);
  const seen = finished.issues.map(({ number, title, state, reason }) => {
    const own = sessions.get(number) ?? [];
    const most = folder.endings[number - 1]?.most ?? 0;
    return {
      title,
      state,
      reason: reason === undefined ? null : slugOf(reason),
      failed: own.filter((session) => !/ (?:answered|accepted)$/.test(session)).length,
      endless: own.length > most ? own : null,
    };
  });
  expect(seen).toEqual(folder.endings.map(({ state, reason, failed }, at) => ({ title: folder.plan.issues[at]?.title, state, reason, failed, endless: null })));
  expect(code).toBe(0);
  if (!all) await checkKept(place.keep, finished);
});
