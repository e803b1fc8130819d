import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StartedSite } from '../contract/forge/recorded-world.ts';
import { lacking } from './world/snapshot.ts';
import { tell } from './story.ts';
import type { Outage, Told } from './story.ts';
import { createWorld } from './world/world.ts';

/** A story takes three seconds, and ten times that on a machine that does much else. */
const patienceMs = 240_000;
const lines: string[] = [];

/** A test per outage on one forge, each compared with a story that nothing disturbed; prints the table at the end. */
export function playOutages(title: string, start: () => Promise<StartedSite>, outages: readonly Outage[]): void {
  let started: StartedSite;
  let undisturbed: Told;
  let made = 0;
  const play = async (outage: Outage | null): Promise<Told> => {
    const { site } = started;
    const world = await createWorld({ site, name: `outage-${(made += 1)}`, ...(outage?.address === undefined ? {} : { address: outage.address }) });
    try {
      return await tell(world, outage);
    } finally {
      await world.close();
    }
  };
  beforeAll(async () => {
    started = await start();
    undisturbed = await play(null);
  }, patienceMs);
  afterAll(async () => {
    await started.close();
    print(title);
  });

  it.each(outages)(
    '$cause: is one visible wait, costs few calls, loses nothing',
    async (outage) => {
      const told = await play(outage);
      const lost = lacking(told.left, undisturbed.left);
      const extra = lacking(undisturbed.left, told.left);
      lines.push(row(outage, told, lost.length));
      expect(told.waits).toEqual(outage.waits);
      expect(told.began - told.waits.length).toBeGreaterThanOrEqual(0);
      expect(told.began - told.waits.length).toBeLessThanOrEqual(outage.passing ?? 0);
      expect({ lost, extra }).toEqual({ lost: [], extra: [] });
      expect(((told.calls.rest + told.calls.git) / outage.minutes) * 60).toBeLessThanOrEqual(outage.mostCallsPerHour);
      expect(told.resumeSeconds).toBeLessThanOrEqual(outage.mostSeconds);
    },
    patienceMs,
  );
}

function row(outage: Outage, { calls, waits, runs, resumeSeconds, doneSeconds }: Told, lost: number): string {
  const cells = [
    `${outage.minutes} min`,
    `${calls.rest} + ${calls.git}`,
    String(runs),
    `${resumeSeconds} s`,
    `${doneSeconds} s`,
    String(lost),
    waits.join(', ') || 'none',
  ];
  return [outage.cause.padEnd(44), ...cells.map((cell) => cell.padEnd(9))].join(' ');
}

function print(title: string): void {
  const head = ['cause'.padEnd(44), ...['lasts', 'REST+git', 'runs', 'resume', 'all done', 'lost', 'waits'].map((cell) => cell.padEnd(9))].join(' ');
  process.stdout.write(`\n${[title, head, ...lines].join('\n')}\n`);
}
