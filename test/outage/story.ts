import { snapshot } from './world/snapshot.ts';
import type { World } from './world/world.ts';

/** What goes wrong outside, for how long, and what may come of it. */
export interface Outage {
  readonly cause: string;
  readonly minutes: number;
  begin(world: World): void | Promise<void>;
  end(world: World): void | Promise<void>;
  /** The address that agents use, made of the proxy's. */
  readonly address?: (url: string) => string;
  /** It begins while dev's session for the second issue runs, not before. */
  readonly duringSession?: true;
  /** Nothing that the forge delivers arrives meanwhile. */
  readonly deaf?: true;
  /** The causes that the ledger shows at its end, in order. */
  readonly waits: readonly string[];
  /** Waits that begin and are over within it, at most. */
  readonly passing?: number;
  /** Calls of all three agents together, per hour of it, at most. */
  readonly mostCallsPerHour: number;
  /** From its end until nobody waits any more, at most. */
  readonly mostSeconds: number;
}

export interface Told {
  readonly calls: { readonly rest: number; readonly git: number };
  readonly waits: readonly string[];
  readonly began: number;
  readonly runs: number;
  readonly resumeSeconds: number;
  readonly doneSeconds: number;
  readonly left: readonly string[];
}

const minute = 60_000;

/**
 * One issue has a pull request, another is written while the outage lasts (or works in it), people comment meanwhile. Then
 * everything is brought to its end. Without an outage the same, undisturbed.
 */
export async function tell(world: World, outage: Outage | null): Promise<Told> {
  const { clock, traffic, ledger, direct } = world;
  const first = await world.issue('First');
  await clock.until('the first pull request', async () => (await direct.listOpenPullRequests()).length === 1, 10 * minute);
  await clock.pass(minute);
  const origin = new URL(world.slot('dev').config.forge.url).origin;
  const before = traffic.calls(origin);
  const runsBefore = ledger.runs.list({ since: new Date(0) }).length;
  if (outage?.duringSession === true) await intoSession(world, outage);
  else {
    await begin(world, outage);
    await world.issue('Second');
  }
  await direct.ensureComment(first, 'from-a-person', 'Take your time.');
  await world.judge();
  await clock.pass((outage?.minutes ?? 5) * minute);
  const during = traffic.calls(origin);
  const waits = ledger.waits.list().map((wait) => wait.cause.replace(world.repository.name, '*'));
  const runs = ledger.runs.list({ since: new Date(0) }).length - runsBefore;
  await outage?.end(world);
  world.deliver(() => true);
  const resumed = await clock.until('nobody waits', () => ledger.waits.list().length === 0, 20 * minute);
  const done = await clock.until('all is merged', () => isDone(world), 40 * minute);
  await clock.pass(minute);
  // A webhook that the forge delivers late wakes a run at the very end, which waits for this clock.
  await clock.until('no run is open', () => ledger.runs.running().length === 0, minute);
  return {
    calls: { rest: during.rest - before.rest, git: during.git - before.git },
    waits,
    began: ledger.events.list({ kind: 'wait-began' }).length,
    runs,
    resumeSeconds: Math.round(resumed / 1000),
    doneSeconds: Math.round((resumed + done) / 1000),
    left: await snapshot(world),
  };
}

async function begin(world: World, outage: Outage | null): Promise<void> {
  if (outage?.deaf === true) world.deliver(() => false);
  await outage?.begin(world);
}

/** The session of the second issue brings it about, at its end: what it made is not pushed yet. */
async function intoSession(world: World, outage: Outage): Promise<void> {
  let begun = false;
  world.sessions.script('implement', ({ subject }) => ({
    files: { [`${subject.title}.txt`]: `${subject.title}\n` },
    answer: { status: 'done', summary: subject.title },
    act: async () => {
      if (!begun) await begin(world, outage);
      begun = true;
    },
  }));
  await world.issue('Second');
  await world.clock.until('the session', () => begun, 10 * minute);
}

async function isDone(world: World): Promise<boolean> {
  await world.judge();
  return (await world.direct.changes(null)).length === 0;
}
