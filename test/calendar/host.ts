import type { Ledger, ProcessIdentity } from '#ledger';
import { createManualClock } from '../../shared/clock/manual.ts';
import type { ManualClock } from '../../shared/clock/manual.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { dueTimes, wakeAt } from '../../shared/schedule/due.ts';
import type { Case } from './cases.ts';
import type { World } from './world.ts';

/** Plays a host that lives through the world with the real ledger and calendar, on a clock that is moved by hand. */
export function playHost(world: World, cases: readonly Case[], file: string): void {
  const clock = createManualClock(world.start);
  let host: Host | null = null;
  let generation = 0;
  for (const event of world.events) {
    clock.advance(event.at - clock.monotonic());
    if (event.kind === 'start') host = startHost(openLedger(file), ++generation, clock, world, cases);
    if (event.kind === 'stop') host = host?.stop(event.crash) ?? null;
    if (event.kind === 'step') clock.set(new Date(clock.now().getTime() + event.by));
    if (event.kind === 'step') host?.lookAtAll();
  }
  clock.advance(world.days * 86_400_000 - clock.monotonic());
  host?.stop(false);
}

interface Host {
  lookAtAll(): void;
  stop(crash: boolean): null;
}

function startHost(ledger: Ledger, generation: number, clock: ManualClock, world: World, cases: readonly Case[]): Host {
  const self: ProcessIdentity = { pid: 1, startTicks: String(generation), boot: 'calendar', host: 'calendar' };
  let runs = 0;
  const newRun = (): string => `run_${generation}_${++runs}`;
  ledger.runs.closeLost((process) => process.startTicks === self.startTicks, clock.now());
  const watches = cases.map((each) => watch(each, { ledger, clock, world, self, newRun }));
  const lookAtAll = (): void => {
    for (const each of watches) each.look();
  };
  lookAtAll();
  return {
    lookAtAll,
    stop: (crash) => {
      for (const each of watches) each.stop(crash);
      ledger.close();
      return null;
    },
  };
}

interface Parts {
  readonly ledger: Ledger;
  readonly clock: ManualClock;
  readonly world: World;
  readonly self: ProcessIdentity;
  readonly newRun: () => string;
}

function watch(which: Case, { ledger, clock, world, self, newRun }: Parts): { look(): void; stop(crash: boolean): void } {
  const { name, agent, schedule } = which;
  const due = dueTimes(schedule, name);
  let open: readonly { readonly run: string; readonly dueAt: Date }[] = [];
  let cancelWake = (): void => {};
  let cancelEnd = (): void => {};

  const look = (): void => {
    cancelWake();
    const { start, nextDue } = ledger.schedules.settle(name, {
      now: clock.now(),
      busy: open.length > 0,
      policy: schedule,
      due,
      firstSeen: world.start,
      newRun: { id: newRun(), agent, project: 'calendar', process: self },
    });
    const idle = open.length === 0;
    open = [...open, ...start];
    if (idle) runNext();
    if (nextDue !== null) cancelWake = clock.after(wakeAt(schedule, name, nextDue).getTime() - clock.now().getTime(), look);
  };
  const runNext = (): void => {
    const [current] = open;
    if (current === undefined) return;
    cancelEnd = clock.after(world.duration(which, current.dueAt.getTime()), () => {
      ledger.runs.end(current.run, { kind: 'idle', reason: 'nothing to do' }, clock.now());
      open = open.slice(1);
      runNext();
      look();
    });
  };
  const stop = (crash: boolean): void => {
    cancelWake();
    cancelEnd();
    for (const { run } of crash ? [] : open) ledger.runs.end(run, { kind: 'cancelled', reason: 'shutdown' }, clock.now());
    open = [];
  };
  return { look, stop };
}
