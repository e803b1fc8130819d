import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { createForgeWorld, createWorld, sh } from './fixture.ts';

interface Told {
  readonly issue: string;
  readonly run: string;
  readonly told: 'claimed' | 'taken';
  readonly holder: string;
  readonly commit: string;
}

const claimants = 20;
const issues = Array.from({ length: 10 }, (_, i) => String(i + 1));

function start(data: string, url: string, run: string, account: { readonly login: string; readonly token: string } | null): ChildProcess {
  const script = join(import.meta.dirname, 'claimant.ts');
  const child = spawn(process.execPath, [script, '--data', data, '--url', url, '--run', run, '--issues', issues.join(','), '--login', account?.login ?? ''], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...(account === null ? {} : { FORGE_TOKEN: account.token }) },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Starts all, lets go when all are ready, and collects what each was told. */
async function race(children: readonly ChildProcess[]): Promise<Told[]> {
  const told: Told[] = [];
  const ready = children.map(async (child) => {
    const lines = createInterface({ input: child.stdout! });
    const first = once(lines, 'line');
    lines.on('line', (line) => void (line.startsWith('{') && told.push(JSON.parse(line) as Told)));
    const ended = once(child, 'close');
    await first;
    return { ended };
  });
  const started = await Promise.all(ready);
  for (const child of children) child.stdin!.write('go\n');
  const exits = await Promise.all(started.map(async ({ ended }) => (await ended)[0] as number | null));
  expect(exits).toEqual(children.map(() => 0));
  return told;
}

it.each([
  { transport: 'a local path', open: async () => ({ ...(await createWorld()), url: null, account: null }) },
  { transport: "the embedded forge's HTTP", open: createForgeWorld },
])(
  'C1, C4: of 20 claimants in processes of their own that race for 10 issues over $transport, each issue goes to exactly one',
  async ({ transport, open }) => {
    const world = await open();
    const machines = Array.from({ length: 4 }, (_, i) => join(world.root, `machine-${i}`));
    for (const machine of machines) mkdirSync(machine);
    const children = Array.from({ length: claimants }, (_, i) => start(machines[i % machines.length]!, world.url ?? world.forge, `run_${i}`, world.account));
    const told = await race(children);

    const winners = issues.map((issue) => told.filter((one) => one.issue === issue && one.told === 'claimed'));
    const doubles = winners.filter((won) => won.length > 1).length;
    const unclaimed = winners.filter((won) => won.length === 0).length;
    console.log(
      `claim race over ${transport}: ${claimants} processes, ${issues.length} issues, ${told.length} tries, ${winners.flat().length} won, ${doubles} double claims, ${unclaimed} without a winner`,
    );

    expect(told).toHaveLength(claimants * issues.length);
    expect({ doubles, unclaimed }).toEqual({ doubles: 0, unclaimed: 0 });
    for (const issue of issues) {
      const commit = sh(world.forge, 'rev-parse', `refs/disinto/claims/${issue}`);
      expect(new Set(told.filter((one) => one.issue === issue).map(({ holder }) => holder)).size).toBe(1);
      expect(told.find((one) => one.issue === issue && one.told === 'claimed')?.commit).toBe(commit);
    }
  },
  180_000,
);
