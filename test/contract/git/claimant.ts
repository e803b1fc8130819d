/** One claimant of the race, in a process of its own: says `ready`, waits for a line, asks for every issue, prints what it was told. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Log } from '#log';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createGit } from '../../../shared/git/store.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, url: { type: 'string' }, login: { type: 'string' }, run: { type: 'string' }, issues: { type: 'string' } },
});
const { data = '', url = '', login = '', run = '', issues = '' } = values;
const token = process.env['FORGE_TOKEN'];
const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const credentials = token === undefined ? null : { login, token: () => token };
const git = createGit({ data, project: 'demo', remoteUrl: url, credentials, clock: systemClock, chance: systemChance, log: quiet });
await git.fetch();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const order = issues
  .split(',')
  .map((issue) => ({ issue, at: systemChance.random() }))
  .sort((a, b) => a.at - b.at);
for (const { issue } of order) {
  const answer = await git.claims.take(issue, { agent: 'dev', run, leaseSeconds: 600, holderIsDead: () => false });
  const holder = answer.kind === 'claimed' ? answer.claim : answer.by;
  process.stdout.write(`${JSON.stringify({ issue, run, told: answer.kind, holder: holder.run, commit: holder.commit })}\n`);
}
process.stdin.destroy();
