import { createAgenda, longestSleepMs } from './agenda.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';
import { createJudge } from './judge.ts';
import { startRun } from './run.ts';
import type { ActiveRun, Ended, StopReason } from './run.ts';

/** One agent on one project in this process: at most one run at a time. */
export interface Lane {
  /** A wake waits in the ledger: take it now, or after the present run. */
  nudge(): void;
  /** The forge served another agent of this process; `recovery` counts how often it came back for one. */
  hasten(recovery: number): void;
  idle(): boolean;
  overdue(): boolean;
  /** No new runs; resolves when the present one has ended. */
  stop(): Promise<void>;
  abort(reason: StopReason): void;
}

/** `served`: the forge served this agent, after it did not (`back`) or as usual. */
export function createLane(slot: HostedAgent, host: HostOptions, served: (back: boolean) => void): Lane {
  const log = host.log.child({ agent: slot.name, project: slot.project.name });
  const agenda = createAgenda(slot, host);
  const judge = createJudge(slot, host, { goOn: agenda.goOn, hasten: agenda.hasten, served });
  const runner = createRunner(slot, host);
  const stopping = Promise.withResolvers<void>();
  let working: Promise<void> | null = null;
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
  const next = async (): Promise<string | null> => {
    asked = false;
    if (stopped) return null;
    sleep(agenda.settle(false));
    const after = agenda.barredUntilNow();
    if (after !== null && !(await judge.isOver(after, stopping.promise))) return null;
    return stopped ? null : agenda.nextRun();
  };
  function look(): void {
    if (stopped) return;
    asked = true;
    if (runner.runs()) attempt(() => sleep(agenda.settle(true)), broken);
    working ??= runAll(next, judge.ended, runner.run)
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
    hasten: (recovery) => judge.hasten(recovery, sleep),
    idle: () => !runner.runs() && agenda.empty(),
    overdue: runner.overdue,
    async stop() {
      stopped = true;
      stopping.resolve();
      cancelTimer();
      await working;
      agenda.close();
    },
    abort: runner.abort,
  };
}

/** The present run. One that was recorded before an abort and starts after it is aborted too. */
function createRunner(slot: HostedAgent, host: HostOptions) {
  let current: ActiveRun | null = null;
  let aborted: StopReason | null = null;
  return {
    runs: (): boolean => current !== null,
    overdue: (): boolean => current?.overdue() === true,
    run: (id: string): Promise<Ended> => {
      current = startRun(slot, host, id);
      if (aborted !== null) current.abort(aborted);
      return current.done.finally(() => (current = null));
    },
    abort: (reason: StopReason): void => {
      aborted = reason;
      current?.abort(reason);
    },
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
async function runAll(next: () => Promise<string | null>, judge: (id: string, ended: Ended) => void, run: (id: string) => Promise<Ended>): Promise<void> {
  for (let id = await next(); id !== null; id = await next()) judge(id, await run(id));
}
