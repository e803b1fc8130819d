import { dueTimes, wakeAt } from '#schedule/due';
import type { RunCause } from '#ledger';
import { scheduleKey } from './hosted.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';

/** Clocks step, and other processes wake and resume us: never sleep longer than this. */
export const longestSleepMs = 10_000;

/** What one agent on one project is to do next, and when to look again. Everything in it is recorded in the ledger first. */
export interface Agenda {
  /** Writes down what became due. Returns the milliseconds until there is reason to look again. */
  settle(running: boolean): number;
  /** The run to start now, already recorded, or null. Waiting wakes go into it, whatever started it. */
  nextRun(): string | null;
  /** After this run: at once, or later. Until then wakes wait; what falls due runs, or is skipped when the going on is barred. */
  goOn(after: string, going: Going): void;
  /** The run after which a barred going on is due now, or null. */
  barredUntilNow(): string | null;
  /** What bars going on may be over: it is due within this. False when it is anyway, or nothing bars it. */
  hasten(inMs: number): boolean;
  /** A wake was recorded by this process. */
  nudge(): void;
  empty(): boolean;
  /** Ends runs that were recorded and will not start. */
  close(): void;
}

export interface Going {
  readonly inMs: number;
  /** Why nothing may run before; null when other reasons to run count. */
  readonly barred: string | null;
  /** A wake brings it forward to this; null when nothing does. */
  readonly hastyInMs: number | null;
}

interface Continuation {
  readonly of: string;
  readonly at: number;
  readonly hastyAt: number;
  readonly barred: string | null;
}

export function createAgenda(slot: HostedAgent, host: HostOptions): Agenda {
  const { ledger, clock } = host;
  const key = scheduleKey(slot.name, slot.project.name);
  const book = createBook(slot, host, key);
  let owed: readonly string[] = [];
  let continuation: Continuation | null = null;
  let nudged = false;
  const paused = (): boolean => ledger.switches.paused(slot.name) !== null;

  const chosen = (): string | null => {
    const [due, ...later] = owed;
    owed = later;
    if (due !== undefined) return book.absorb(due);
    // What is owed to a retry or a follow-up stays owed, and is due when the agent goes on.
    if (paused()) return null;
    if (continuation !== null && clock.monotonic() < continuation.at) return null;
    nudged = false;
    return book.startWoken(continuation?.of ?? null);
  };

  return {
    settle(running) {
      const settled = book.settle(running, continuation?.barred ?? null);
      owed = [...owed, ...settled.start];
      const retryInMs = continuation === null || paused() ? longestSleepMs : continuation.at - clock.monotonic();
      return Math.min(longestSleepMs, Math.max(1, Math.min(settled.untilDueMs, retryInMs)));
    },
    nextRun() {
      const run = chosen();
      if (run === null) return null;
      continuation = null;
      nudged = false;
      return run;
    },
    goOn(after, { inMs, barred, hastyInMs }) {
      const now = clock.monotonic();
      continuation = { of: after, at: now + inMs, hastyAt: now + (hastyInMs ?? inMs), barred };
    },
    barredUntilNow() {
      if (continuation === null || continuation.barred === null || paused()) return null;
      return clock.monotonic() < continuation.at ? null : continuation.of;
    },
    hasten(inMs) {
      const at = clock.monotonic() + inMs;
      if (continuation === null || continuation.barred === null || continuation.at <= at) return false;
      continuation = { ...continuation, at };
      return true;
    },
    nudge() {
      nudged = true;
      if (continuation !== null) continuation = { ...continuation, at: Math.min(continuation.at, continuation.hastyAt) };
    },
    empty: () => owed.length === 0 && ((continuation === null && !nudged) || paused()),
    close() {
      for (const run of owed) ledger.runs.end(run, { kind: 'cancelled', reason: 'shutdown before it started' }, clock.now());
      owed = [];
    },
  };
}

/** The ledger's side of one schedule. */
function createBook(slot: HostedAgent, { ledger, clock, chance, process }: HostOptions, key: string) {
  const schedule = slot.settings.schedule ?? slot.agent.schedule;
  const recorded = { agent: slot.name, project: slot.project.name, process };
  const calendar = { policy: schedule, due: dueTimes(schedule, key), firstSeen: clock.now() };

  function note(run: string, wakes: readonly { readonly key: string; readonly cause: RunCause }[]): string {
    const data = { wakes: wakes.map((wake) => ({ key: wake.key, cause: wake.cause })) };
    if (wakes.length > 0) ledger.events.append({ at: clock.now(), kind: 'wakes-coalesced', subject: null, cause: run, data });
    return run;
  }

  return {
    settle(busy: boolean, barred: string | null): { readonly start: readonly string[]; readonly untilDueMs: number } {
      const settled = ledger.schedules.settle(key, { now: clock.now(), busy, barred, ...calendar, newRun: { id: chance.id('run'), ...recorded } });
      const due = settled.nextDue === null ? null : wakeAt(schedule, key, settled.nextDue);
      return { start: settled.start.map((start) => start.run), untilDueMs: due === null ? longestSleepMs : due.getTime() - clock.now().getTime() };
    },
    /** Waiting wakes need no run of their own when one starts anyway. */
    absorb: (run: string): string => note(run, ledger.switches.takeWakes(key)),
    /** Starts a run for the wakes that wait, else one that goes on from `of`, else nothing. */
    startWoken(of: string | null): string | null {
      const [first, ...others] = ledger.switches.takeWakes(key);
      const cause = first?.cause ?? (of === null ? null : ({ kind: 'follow-up', of } as const));
      if (cause === null) return null;
      const id = chance.id('run');
      ledger.runs.start({ id, ...recorded, cause, at: clock.now() });
      return note(id, others);
    },
  };
}
