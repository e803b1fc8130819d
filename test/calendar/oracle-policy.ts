import { wakeAt } from '../../shared/schedule/due.ts';
import type { Case } from './cases.ts';
import type { World } from './world.ts';

/** What should have become of each due time (ms): `ran`, `skipped`, `missed <lateness in ms>`, `into <due time>` or `waits`. */
export type Expected = ReadonlyMap<number, string>;

/**
 * Lives through the world once more for one schedule, by the rules as `ScheduleBook.settle` documents them, from nothing but
 * the list of due times. The host's habits are part of the world: it looks at every start, step of the clock, due time (as
 * jittered, the one thing that is asked of the code under test) and end of a run.
 */
export function expectedEnds(which: Case, calendar: readonly number[], world: World): Expected {
  const life = createLife(which, calendar, world);
  for (const event of world.events) {
    life.passUntil(event.at);
    if (event.kind === 'stop') life.dies();
    if (event.kind === 'start') life.wakesUp(event.at);
    if (event.kind === 'step') life.clockSteps(event.at, event.by);
  }
  life.passUntil(world.days * 86_400_000);
  return life.ends;
}

const never = Number.POSITIVE_INFINITY;

interface Life {
  readonly ends: Expected;
  passUntil(time: number): void;
  dies(): void;
  wakesUp(time: number): void;
  clockSteps(time: number, by: number): void;
}

function createLife(which: Case, calendar: readonly number[], world: World): Life {
  const { name, schedule } = which;
  const ends = new Map<number, string>();
  let wallAhead = world.start.getTime();
  let up = false;
  let todo = calendar.filter((due) => due <= world.start.getTime()).length;
  let queue: readonly number[] = [];
  let runEnds = never;
  let waits: number | null = null;

  const ripeAt = (index: number): number => {
    const due = calendar[index];
    return due === undefined ? never : wakeAt(schedule, name, new Date(due)).getTime();
  };
  const beginNext = (time: number): void => {
    const [due] = queue;
    if (due !== undefined && runEnds === never) runEnds = time + world.duration(which, due);
  };
  const runs = (due: number): void => {
    ends.set(due, 'ran');
    queue = [...queue, due];
  };
  const place = (due: number, busy: boolean): void => {
    if (!busy) return runs(due);
    ends.set(due, schedule.overlap === 'skip' ? 'skipped' : waits === null ? 'waits' : `into ${waits}`);
    if (schedule.overlap === 'queue-one') waits ??= due;
  };
  const settle = (ripe: readonly number[], wall: number): void => {
    const newest = ripe.at(-1) ?? 0;
    const { owed, merged, missed } = worth(ripe, wall, which);
    for (const due of missed) ends.set(due, `missed ${wall - due}`);
    const busy = queue.length > 0;
    for (const due of owed) place(due, busy);
    const target = /^into (.+)$/.exec(ends.get(newest) ?? '')?.[1] ?? String(newest);
    for (const due of merged) ends.set(due, `into ${target}`);
  };
  const look = (time: number): void => {
    const wall = time + wallAhead;
    if (waits !== null && queue.length === 0) {
      runs(waits);
      waits = null;
    }
    const from = todo;
    while (ripeAt(todo) <= wall) todo++;
    if (todo > from) settle(calendar.slice(from, todo), wall);
    beginNext(time);
  };
  const passUntil = (time: number): void => {
    while (up) {
      const next = Math.min(runEnds, ripeAt(todo) - wallAhead);
      if (next > time) return;
      if (next === runEnds) {
        queue = queue.slice(1);
        runEnds = never;
        beginNext(next);
      }
      look(next);
    }
  };
  return {
    ends,
    passUntil,
    dies: () => {
      up = false;
      queue = [];
      runEnds = never;
    },
    wakesUp: (time) => {
      up = true;
      look(time);
    },
    clockSteps: (time, by) => {
      wallAhead += by;
      if (up) look(time);
    },
  };
}

/** Newest first: what a due time is worth depends only on the newer ones. */
function worth(ripe: readonly number[], wall: number, { schedule: { graceSeconds, catchUp } }: Case) {
  const newest = ripe.at(-1);
  const owed: number[] = [];
  const merged: number[] = [];
  const missed: number[] = [];
  let late = 0;
  for (const due of ripe.toReversed()) {
    const age = wall - due;
    const isLate = age > graceSeconds * 1000;
    if (isLate) late++;
    if (catchUp.kind === 'latest' || !isLate) (due === newest ? owed : merged).push(due);
    else if (catchUp.kind === 'all' && late <= catchUp.max) owed.push(due);
    else if (catchUp.kind === 'window' && age <= catchUp.seconds * 1000) owed.push(due);
    else missed.push(due);
  }
  return { owed: owed.reverse(), merged, missed };
}
