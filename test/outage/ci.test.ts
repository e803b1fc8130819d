import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Log } from '#log';
import { startEmbeddedCi } from '../../embedded/ci/server.ts';
import { systemChance } from '../../shared/clock/system.ts';
import { startEmbeddedSite } from '../contract/forge/embedded-site.ts';
import type { StartedSite } from '../contract/forge/recorded-world.ts';
import { refuses } from './causes.ts';
import type { Passing } from './world/proxy.ts';
import { createWorld } from './world/world.ts';
import type { World } from './world/world.ts';

let started: StartedSite;
beforeAll(async () => {
  started = await startEmbeddedSite();
});
afterAll(() => started.close());

/** The real CI on its own account behind the same proxy; `judged` are the results it reached, posted or not. */
async function openCi(world: World): Promise<{ readonly judged: readonly string[]; close(): Promise<void> }> {
  const { site } = started;
  const directory = mkdtempSync(join(tmpdir(), 'outage-ci-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const judged: string[] = [];
  const note = (data: unknown, text?: string): void => {
    if (text === 'CI judged a commit') judged.push((data as { readonly head: string }).head);
  };
  const log: Log = { error: () => {}, warn: () => {}, info: note, debug: () => {}, child: () => log };
  const ci = await startEmbeddedCi({
    directory,
    source: { kind: 'forge', branch: 'main', credentials: { login: 'ci', token: () => site.tokens.ci } },
    repository: world.repository.name,
    forgeUrl: world.proxy.url,
    forge: world.repository.forgeWith({ token: site.tokens.ci, clock: world.clock }),
    clock: world.clock,
    chance: systemChance,
    log,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    hidden: [directory],
    mask: (text) => text,
  });
  return { judged, close: () => ci.close() };
}

const isStatus = ({ method, path }: Passing): boolean => method === 'POST' && path.includes('/statuses/');

it.each([
  ['the forge is away for an hour', { begin: ({ proxy }: World) => proxy.leave(), end: ({ proxy }: World) => proxy.comeBack() }],
  [
    'CI may not post what it found for an hour',
    {
      begin: ({ proxy }: World) => proxy.meet((passing) => (isStatus(passing) ? { kind: 'answer', status: 403, body: '{}' } : null)),
      end: ({ proxy }: World) => proxy.meet(null),
    },
  ],
  ['the token of CI is revoked for an hour', refuses(['ci'], 'invalid username, password or token')],
] as const)('%s: each change is judged once, its result arrives, and it lands', async (name, outage) => {
  const world = await createWorld({ site: started.site, name: name.replaceAll(' ', '-') });
  const first = await world.issue('First');
  await world.clock.until('the pull request', async () => (await world.direct.listOpenPullRequests()).length === 1, 600_000);
  await outage.begin(world);
  const ci = await openCi(world);
  const origin = new URL(world.proxy.url).origin;
  const before = world.traffic.calls(origin);
  await world.clock.pass(3_600_000);
  const calls = { rest: world.traffic.calls(origin).rest - before.rest, git: world.traffic.calls(origin).git - before.git };
  expect((await world.direct.listOpenPullRequests()).length).toBe(1);
  await outage.end(world);
  const took = await world.clock.until('it landed', async () => (await world.direct.findIssue(first))?.state === 'closed', 900_000);
  process.stdout.write(`\nCI, ${name}: ${calls.rest} + ${calls.git} calls of CI and agents in that hour, landed ${took / 1000} s after it\n`);
  const pulls = await world.direct.findPullRequest(first + 1);
  expect(ci.judged.filter((head) => head === pulls?.head)).toHaveLength(1);
  await world.clock.untilSettled('CI has stopped', ci.close(), 60_000);
  await world.close();
});
