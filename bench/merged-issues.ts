import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoFolder } from '../cli/demo/folder.ts';
import { systemClock } from '../shared/clock/system.ts';
import { workBare } from './bare/script.ts';
import { openBareStand } from './bare/stand.ts';
import type { Figure } from './figure.ts';
import { noteIssue, writeFolder } from './folder.ts';
import { startKept, untilIdle } from './idle-factory.ts';
import { loginsOf, type Seen, tally, watchRequests } from './requests.ts';

const issues = 5;
const workers = new Set(['dev', 'reviewer', 'merger']);

/** What merging the issues took, for one issue. CI's own account and the person who set the scene are left out on both sides. */
interface Cost {
  readonly calls: number;
  readonly git: number;
  readonly seconds: number;
}

/** The factory and the bare script on the same issues, one after the other, each on its own embedded forge, CI and model. */
export async function measureMergedIssues(root: string): Promise<readonly Figure[]> {
  const notes = Array.from({ length: issues }, (_, at) => noteIssue(at + 1));
  const folder = await writeFolder(join(root, 'notes'), {
    issues: notes.map(({ title }) => ({ title })),
    playbook: [...notes.map(({ entry }) => entry), { when: { agent: 'reviewer' }, times: issues, answer: { verdict: 'approve', summary: 'Good.' } }],
  });
  const bare = await bareCost(folder, join(root, 'bare'));
  const factory = await factoryCost(folder, join(root, 'factory'));
  const figure = (name: string, key: keyof Cost, unit: string, most: number | null): Figure => ({
    name: `${name} per merged issue`,
    value: factory[key],
    unit,
    reference: { name: 'bare script', value: bare[key] },
    wanted: most === null ? '' : `≤ ${most} ×`,
    holds: most === null ? null : factory[key] <= most * bare[key],
  });
  return [figure('forge calls', 'calls', 'calls', 2), figure('git requests to the forge', 'git', 'requests', null), figure('wall', 'seconds', 's', 2)];
}

async function factoryCost(folder: DemoFolder, root: string): Promise<Cost> {
  const requests = watchRequests();
  let merged = 0;
  let began: number | null = null;
  let ended = 0;
  const factory = await startKept(folder, root, ({ kind }) => {
    began ??= systemClock.monotonic();
    if (kind === 'merged') merged += 1;
    if (kind === 'merged') ended = systemClock.monotonic();
  });
  try {
    while (merged < issues) {
      await systemClock.sleep(50);
      if (systemClock.monotonic() - (began ?? 0) > 180_000) throw new Error(`only ${merged} of ${issues} issues were merged within three minutes`);
    }
    // What agents look at after the last merge counts as well.
    await untilIdle(factory, 500);
    requests.stop();
    return await costOf(
      factory.config.forge.url,
      requests.seen.filter((each) => each.at >= (began ?? 0)),
      ended - (began ?? 0),
      'factory',
    );
  } finally {
    await factory.close(0);
    requests.stop();
  }
}

async function bareCost(folder: DemoFolder, root: string): Promise<Cost> {
  const stand = await openBareStand(folder, join(root, 'stand'));
  try {
    mkdirSync(join(root, 'script'), { recursive: true });
    const requests = watchRequests();
    const began = systemClock.monotonic();
    let waits = 0;
    for (let number = 1; number <= issues; number += 1) waits += await workBare(stand, join(root, 'script'), number);
    const ended = systemClock.monotonic();
    requests.stop();
    const cost = await costOf(stand.url, requests.seen, ended - began, 'bare script');
    // Waiting counts as one look: a script that asks more often than it must is no yardstick.
    return { ...cost, calls: cost.calls - waits / issues };
  } finally {
    await stand.close();
  }
}

async function costOf(url: string, seen: readonly Seen[], milliseconds: number, name: string): Promise<Cost> {
  const port = Number(new URL(url).port);
  const loginOf = await loginsOf(url, seen);
  const own = seen.filter((each) => each.port === port && workers.has(loginOf(each) ?? ''));
  process.stderr.write(`${name}, requests for ${issues} issues:\n`);
  for (const [what, count] of tally(own)) process.stderr.write(`  ${String(count).padStart(4)}  ${what}\n`);
  const of = (kind: Seen['kind']): number => own.filter((each) => each.kind === kind).length / issues;
  return { calls: of('api'), git: of('git'), seconds: milliseconds / 1000 / issues };
}
