import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createWorld, sh, type World } from './fixture.ts';

/** Starts a process that works without end and kills it, with everything it started, some time after its first word; answers the runs whose work lay in a file by then. */
async function killOne(world: World, afterMs: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'endless-run.ts');
  const child = spawn(process.execPath, [script, world.data, world.forge], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  const stop = (): void => void (child.exitCode === null && child.signalCode === null && process.kill(-child.pid!, 'SIGKILL'));
  onTestFinished(stop);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child.stdout, 'data');
  await sleep(afterMs);
  const closed = new Promise((resolve) => child.once('close', resolve));
  stop();
  await closed;
  return [...said.matchAll(/^worked (\S+)$/gm)].map(([, run]) => run ?? '');
}

it('B17: after kill -9 at any moment everything goes on, and no work is lost', async () => {
  const world = await createWorld();
  const worked: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    worked.push(...(await Promise.all([killOne(world, 23 * round), killOne(world, 150 - 17 * round)])).flat());
    const git = world.open();
    await git.fetch();
    for (const run of await git.listWorkspaces()) await git.retireWorkspace(run, 'its process was killed');
    expect(await git.listWorkspaces()).toEqual([]);
  }
  expect(worked.length).toBeGreaterThanOrEqual(6);
  const branches = await world.git.listRefs('refs/heads/');
  const lost = worked.filter((run) => !branches.has(`refs/heads/fix/${run.replaceAll('_', '-')}`) && !existsSync(join(world.data, 'salvage', `${run}.bundle`)));
  expect(lost).toEqual([]);
  sh(join(world.data, 'git', 'demo.git'), 'fsck', '--no-dangling');
}, 120_000);
