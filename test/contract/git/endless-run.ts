/** Goes through the git side of runs, one after the other, until it is killed. Prints each branch that it was told is on the forge. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '#log';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createGit } from '../../../shared/git/store.ts';

const [data = '', remoteUrl = ''] = process.argv.slice(2);
const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const git = createGit({ data, project: 'demo', remoteUrl, credentials: null, clock: systemClock, chance: systemChance, log: quiet });
for (;;) {
  const run = systemChance.id('run');
  const name = run.replaceAll('_', '-');
  await git.fetch();
  const taken = await git.claims.take(name, { agent: 'dev', run, leaseSeconds: 60, holderIsDead: () => false });
  const main = await git.resolve('refs/heads/main');
  if (main === null || taken.kind !== 'claimed') throw new Error('no main or no claim');
  const workspace = await git.openWorkspace({ run, at: main, branch: `fix/${name}`, author: { name: 'dev', email: 'dev@example.org' } });
  process.stdout.write(`opened ${run}\n`);
  writeFileSync(join(workspace.path, 'work'), run);
  process.stdout.write(`worked ${run}\n`);
  const made = await workspace.commitAll('Work');
  await workspace.publishToStore();
  await git.push([{ ref: `refs/heads/fix/${name}`, to: made, expect: null }]);
  await git.retireWorkspace(run, 'done');
  await git.claims.release(taken.claim);
}
