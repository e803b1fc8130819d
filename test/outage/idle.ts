import { expect, it } from 'vitest';
import type { StartedSite } from '../contract/forge/recorded-world.ts';
import { agentNames, createWorld } from './world/world.ts';
import type { World } from './world/world.ts';

const minutes = 10;

/** What three agents ask while nothing happens, and how they find what no webhook told, on this forge. */
export function watchIdleAgents(forge: string, start: () => Promise<StartedSite>): void {
  it(`idle agents ask ${forge} at most two questions per look`, async () => {
    const { site, close } = await start();
    const world = await createWorld({ site, name: 'idle', withoutWebhooks: true });
    // A pull request whose checks are pending and a backlog that waits for it: there is something to look at.
    await world.issue('First');
    await world.clock.until('the pull request', async () => (await world.direct.listOpenPullRequests()).length === 1, 900_000);
    await pend(world, site.tokens.ci, site.direct);
    // The forge lives in real time: what changed within its present second is rightly read again.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    await world.clock.pass(900_000);
    const before = count(world);
    await world.clock.pass(minutes * 60_000);
    const after = count(world);
    const rows = agentNames.map((name) => ({ name, calls: after[name].calls - before[name].calls, looks: after[name].looks - before[name].looks }));
    const shown = rows.map(({ name, calls, looks }) => `${name} ${(calls / minutes).toFixed(2)} calls a minute, ${looks} looks`);
    const total = rows.reduce((sum, row) => ({ calls: sum.calls + row.calls, looks: sum.looks + row.looks }), { calls: 0, looks: 0 });
    const perLook = (total.calls / total.looks).toFixed(2);
    process.stdout.write(`\nIdle for ${minutes} simulated minutes on ${forge}: ${shown.join('; ')}; ${perLook} calls a look (one account reads for all)\n`);
    for (const { looks } of rows) expect(looks).toBeGreaterThanOrEqual(2);
    expect(total.calls).toBeLessThanOrEqual(2 * total.looks);
    await world.close();
    await close();
  });
}

async function pend(world: World, token: string, url: string): Promise<void> {
  const ci = world.repository.forgeWith({ token, url });
  for (const { head } of await ci.listOpenPullRequests())
    await ci.postStatus(head, { context: 'ci/test', state: 'pending', description: 'waits', targetUrl: null });
}

function count(world: World): Readonly<Record<(typeof agentNames)[number], { readonly calls: number; readonly looks: number }>> {
  const runs = world.ledger.runs.list({ since: new Date(0) });
  const of = (name: (typeof agentNames)[number]) => ({ calls: world.slot(name).ports.forge.calls(), looks: runs.filter((run) => run.agent === name).length });
  return { dev: of('dev'), reviewer: of('reviewer'), merger: of('merger') };
}
