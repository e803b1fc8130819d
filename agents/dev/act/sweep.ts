import type { Tick } from '#agent';
import type { Salvage } from '#git';
import type { DevPorts } from './change.ts';
import type { DevSnapshot } from '#dev/snapshot';

const swept = new WeakSet<object>();

/**
 * Once per process: workspaces of runs that have ended (their process died before it could tidy) are salvaged and removed.
 * The workspace behind a park for a secret stays: its bytes must not be copied anywhere.
 */
export async function sweepWorkspaces(ports: DevPorts, tick: Tick, seen: DevSnapshot): Promise<void> {
  if (swept.has(ports.view)) return;
  swept.add(ports.view);
  const quarantined = new Set(seen.items.filter((item) => item.park?.slug === 'secret-found').map((item) => item.park?.run));
  for (const run of await ports.git.listWorkspaces()) {
    const record = ports.ledger.runs.find(run);
    if (run === tick.run || quarantined.has(run) || record?.endedAt === null) continue;
    const salvage = await ports.git.retireWorkspace(run, 'its run is over');
    if (salvage !== null) await pointTo(ports, tick, salvage, issueOf(record?.subject ?? null));
  }
}

/** Says on the issue where unfinished work is kept. */
export async function pointTo(ports: DevPorts, tick: Tick, salvage: Salvage, issue: number | null): Promise<void> {
  tick.tell('salvaged', issue === null ? `run:${salvage.run}` : `issue:${issue}`, { bundle: salvage.bundle, head: salvage.head });
  if (issue === null) return;
  const text = `Unfinished work of run \`${salvage.run}\` is kept as a git bundle on the factory's data volume: \`salvage/${salvage.run}.bundle\`, commit ${salvage.head}.`;
  await ports.forge.ensureComment(issue, 'salvage', text);
  ports.view.forget({ number: issue });
}

function issueOf(subject: string | null): number | null {
  const found = /^issue:(\d+)$/.exec(subject ?? '')?.[1];
  return found === undefined ? null : Number(found);
}
