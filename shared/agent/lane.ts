import { createAgenda, longestSleepMs } from './agenda.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';
import { createPace } from './pace.ts';
import { startRun } from './run.ts';
import type { ActiveRun, Ended, StopReason } from './run.ts';

/** One agent on one project in this process: at most one run at a time. */
export interface Lane {
  /** A wake waits in the ledger: take it now, or after the present run. */
  nudge(): void;
  idle(): boolean;
  overdue(): boolean;
  /** No new runs; resolves when the present one has ended. */
  stop(): Promise<void>;
  abort(reason: StopReason): void;
}

export function createLane(slot: HostedAgent, host: HostOptions): Lane {
  const log = host.log.child({ agent: slot.name, project: slot.project.name });
  const agenda = createAgenda(slot, host);
  const judge = createJudge(slot, host, agenda.goOn);
  let working: Promise<void> | null = null;
  let current: ActiveRun | null = null;
  let stopped = false;
  let asked = false;
  let cancelTimer = (): void => {};

  const sleep = (ms: number): void => {
    cancelTimer();
    if (!stopped) cancelTimer = host.clock.after(ms, look);
  };
  // The ledger refuses (locked for long, disk full): what cannot be recorded may not start.
  const broken = (error: unknown): void => {
    log.error({ err: error }, 'The ledger refuses; no run starts until it answers');
    sleep(longestSleepMs);
  };
  const next = (): string | null => {
    asked = false;
    if (stopped) return null;
    sleep(agenda.settle(false));
    return agenda.nextRun();
  };
  const work = (): Promise<void> =>
    runAll(next, judge, (id) => {
      current = startRun(slot, host, id);
      return current.done.finally(() => (current = null));
    });
  function look(): void {
    if (stopped) return;
    asked = true;
    if (current !== null) attempt(() => sleep(agenda.settle(true)), broken);
    working ??= work()
      .catch(broken)
      .then(() => {
        working = null;
        if (asked) look();
      });
  }

  return {
    nudge() {
      agenda.nudge();
      look();
    },
    idle: () => current === null && agenda.empty(),
    overdue: () => current?.overdue() === true,
    async stop() {
      stopped = true;
      cancelTimer();
      await working;
      agenda.close();
    },
    abort: (reason) => current?.abort(reason),
  };
}

function attempt(act: () => void, failed: (error: unknown) => void): void {
  try {
    act();
  } catch (error) {
    failed(error);
  }
}

/** One run after the other while there is one. */
async function runAll(next: () => string | null, judge: (id: string, ended: Ended) => void, run: (id: string) => Promise<Ended>): Promise<void> {
  for (let id = next(); id !== null; id = next()) judge(id, await run(id));
}

/** What follows the end of a run. */
function createJudge(slot: HostedAgent, host: HostOptions, goOn: (after: string, inMs: number) => void): (id: string, ended: Ended) => void {
  const pace = createPace();
  const report = createTroubleReport(slot, host);
  return (id, ended) => {
    report(ended);
    const next = pace(ended.end, ended.trouble);
    if (next.kind === 'follow-up') goOn(id, 0);
    if (next.kind === 'retry') goOn(id, next.inMs);
    if (next.kind !== 'loop-stopped' || ended.end.kind !== 'acted') return;
    const data = { did: ended.end.did };
    host.log.warn({ agent: slot.name, project: slot.project.name, ...data }, 'Agent repeats itself; it goes on at its next schedule or webhook');
    host.onEvent?.({ at: host.clock.now(), kind: 'loop-stopped', agent: slot.name, project: slot.project.name, run: id, subject: null, data });
  };
}

/** Says once per cause that the forge does not serve an agent, and once that it does again. */
function createTroubleReport(slot: HostedAgent, host: HostOptions): (ended: Ended) => void {
  let known: string | null = null;
  const log = host.log.child({ agent: slot.name, project: slot.project.name });
  const emit = (kind: string, reason: string): void =>
    host.onEvent?.({ at: host.clock.now(), kind, agent: slot.name, project: slot.project.name, run: null, subject: null, data: { reason } });

  return ({ end, trouble }) => {
    if (trouble?.kind === 'forge' && 'reason' in end && trouble.cause !== known) {
      known = trouble.cause;
      log.warn({ reason: end.reason }, 'The forge does not serve this agent');
      emit('forge-trouble', end.reason);
    }
    if (trouble === null && known !== null) {
      log.info({ was: known }, 'The forge serves this agent again');
      emit('forge-well', known);
      known = null;
    }
  };
}
