import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, renderFigures } from './figure.ts';
import { measureFootprint } from './footprint.ts';
import { measureIdleTicks } from './idle-ticks.ts';
import { measureLateness } from './lateness.ts';
import { measureMergedIssues } from './merged-issues.ts';
import { measureStart } from './start-latency.ts';

type Measure = (root: string) => Promise<readonly Figure[]>;

/** In the order of the table; each gets a folder of its own. Word arguments choose some of them. */
const measures: Readonly<Record<string, Measure>> = {
  start: measureStart,
  idle: measureIdleTicks,
  merged: measureMergedIssues,
  lateness: measureLateness,
  footprint: measureFootprint,
};

/** Measures one after the other, so that none disturbs the next, and prints one table. Exit 0 whatever the figures say. */
async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => measures[name] === undefined);
  if (unknown.length > 0) {
    console.error(`there is nothing to measure called ${unknown.join(', ')}; there is ${Object.keys(measures).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const root = mkdtempSync(join(tmpdir(), 'disinto-bench-'));
  const figures: Figure[] = [];
  try {
    for (const [name, measure] of Object.entries(measures)) {
      if (asked.length > 0 && !asked.includes(name)) continue;
      process.stderr.write(`measuring: ${name}\n`);
      figures.push(...(await measure(join(root, name))));
    }
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
  process.stdout.write(`${renderFigures(figures)}\n`);
}

await main(process.argv.slice(2));
