import type { RunCause, RunEnd } from '#ledger';
import { scheduleKey } from './hosted.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';
import { createLane } from './lane.ts';
import type { Lane } from './lane.ts';
import { startRun } from './run.ts';

const refusedForMs = 5000;

/** Runs agents by their schedules and wakes, in this process. */
export interface Host {
  /**
   * Records a wake and takes it at once if the agent is free; the same key while one waits is one wake. `schedule`: `<agent>@<project>`.
   * False when this delivery woke it before. Throws `LedgerError` when it cannot be recorded; for some seconds after that at once.
   */
  wake(schedule: string, key: string, cause: RunCause): boolean;
  /** Nothing runs, no wake waits, no retry is due. Waiting wakes of a paused agent do not count. */
  idle(): boolean;
  /** A run is past its deadline and does not stop: this process needs a restart. */
  overdue(): boolean;
  /** No new runs. Steps may end for `graceMs`; then their signal is aborted (`shutdown`) and they salvage. Resolves when all have ended. */
  stop(graceMs?: number): Promise<void>;
  /** Aborts everything at once (`killed`) and waits for nothing; what stays open is closed as lost at the next start. */
  kill(): void;
}

/** Closes what a dead process left open, then lets every agent look at what is due. Agents that events wake look once at start: they may have missed some. */
export function startHost(options: HostOptions): Host {
  const { clock, slots } = options;
  closeLost(options);
  const lanes = createLanes(options);
  const all = [...lanes.values()];
  const record = createRecord(options);
  for (const slot of slots) if (slot.agent.wakes.length > 0) record(scheduleKey(slot.name, slot.project.name), 'start', { kind: 'command', by: 'start' });
  for (const lane of all) lane.nudge();

  return {
    wake(schedule, key, cause) {
      if (!record(schedule, key, cause)) return false;
      lanes.get(schedule)?.nudge();
      return true;
    },
    idle: () => all.every((lane) => lane.idle()),
    overdue: () => all.some((lane) => lane.overdue()),
    async stop(graceMs = 0) {
      const ended = Promise.all(all.map((lane) => lane.stop()));
      const abort = (): void => all.forEach((lane) => lane.abort('shutdown'));
      if (graceMs === 0) abort();
      const cancel = clock.after(graceMs, abort);
      await ended;
      cancel();
    },
    kill() {
      for (const lane of all) {
        lane.abort('killed');
        void lane.stop().catch(() => 'the next start closes what stays open');
      }
    },
  };
}

/** The lanes by their schedule. What serves one of them again may serve those that wait for the same forge: they look soon. */
function createLanes(options: HostOptions): ReadonlyMap<string, Lane> {
  let recovery = 0;
  const served = (by: HostedAgent, back: boolean): void => {
    if (back) recovery += 1;
    for (const [slot, lane] of pairs) if (slot !== by && slot.config.forge.url === by.config.forge.url) lane.hasten(recovery);
  };
  const pairs = options.slots.map((slot) => [slot, createLane(slot, options, (back) => served(slot, back))] as const);
  return new Map(pairs.map(([slot, lane]) => [scheduleKey(slot.name, slot.project.name), lane]));
}

/** Asking a locked ledger takes seconds in which nobody is answered: after it refused, it is left alone for a while. */
function createRecord({ ledger, clock }: HostOptions): Host['wake'] {
  let refusal: { readonly error: unknown; readonly until: number } | null = null;
  return (schedule, key, cause) => {
    if (refusal !== null && clock.monotonic() < refusal.until) throw refusal.error;
    try {
      refusal = null;
      return ledger.switches.wake(schedule, key, cause, clock.now());
    } catch (error) {
      refusal = { error, until: clock.monotonic() + refusedForMs };
      throw error;
    }
  };
}

/** One run now, whatever the schedule says; the signal stops it (`shutdown`). For the command line and for foreign schedulers. */
export async function runOnce(slot: HostedAgent, options: HostOptions, { by, signal }: { readonly by: string; readonly signal: AbortSignal }): Promise<RunEnd> {
  const { ledger, clock, chance, process } = options;
  closeLost(options);
  const id = chance.id('run');
  ledger.runs.start({ id, agent: slot.name, project: slot.project.name, cause: { kind: 'command', by }, at: clock.now(), process });
  const run = startRun(slot, options, id);
  const abort = (): void => run.abort('shutdown');
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const { end } = await run.done.finally(() => signal.removeEventListener('abort', abort));
  return end;
}

function closeLost({ ledger, clock, isAlive, log, onEvent }: HostOptions): void {
  for (const run of ledger.runs.closeLost(isAlive, clock.now())) {
    log.warn({ agent: run.agent, run: run.id, subject: run.subject }, 'A run was lost: its process is gone');
    onEvent?.({ at: clock.now(), kind: 'run-lost', agent: run.agent, project: run.project, run: run.id, subject: run.subject, data: {} });
  }
}
