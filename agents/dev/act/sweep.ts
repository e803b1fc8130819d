import type { Tick } from '#agent';
import { GitError, type Salvage } from '#git';
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
    await retireAndPoint(ports, tick, run, { reason: 'its run is over', issue: issueOf(record?.subject ?? null) });
  }
}

/** Removes a workspace once its work is safe. One that cannot be read has been set aside by then, or stays; it holds up nothing. */
export async function retireAndPoint(
  ports: DevPorts,
  tick: Tick,
  run: string,
  { reason, issue }: { readonly reason: string; readonly issue: number | null },
): Promise<void> {
  try {
    const salvage = await ports.git.retireWorkspace(run, reason);
    if (salvage !== null) await pointTo(ports, tick, salvage, issue);
  } catch (error) {
    if (!(error instanceof GitError) || (error.kind !== 'corrupt' && error.kind !== 'failed')) throw error;
    tick.log.warn({ err: error, run }, 'A workspace cannot be read and is kept');
  }
}

/** Says on the issue where unfinished work is kept. */
async function pointTo(ports: DevPorts, tick: Tick, salvage: Salvage, issue: number | null): Promise<void> {
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
