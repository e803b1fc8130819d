import type { ScheduleBook, SettleRequest, Settled } from '#ledger';
import type { Database } from './database.ts';
import { judge } from './judge.ts';
import { prepareWriteFates } from './occurrences.ts';
import { date, number, numberOrNull } from './rows.ts';
import { preparePaused } from './switches.ts';

/** How far a schedule is settled, in ms, and the due time that comes next. */
interface Position {
  readonly settledTo: number;
  readonly nextDue: number | null;
}

/** What the calendar says from a position up to now. */
interface Calendar {
  readonly from: Position | null;
  readonly past: readonly number[];
  readonly next: number | null;
  /** The promised next due time is not one of the schedule any more: someone edited it. */
  readonly edited: boolean;
}

/** See `SettleRequest` for the rules. */
export function prepareSettle(database: Database): ScheduleBook['settle'] {
  const find = database.prepare('SELECT settled_to, next_due FROM schedules WHERE name = ?');
  const position = (schedule: string): Position | null => {
    const row = find.get(schedule);
    return row === undefined ? null : { settledTo: number(row, 'settled_to'), nextDue: numberOrNull(row, 'next_due') };
  };
  const save = database.prepare(
    'INSERT INTO schedules (name, settled_to, next_due) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET settled_to = excluded.settled_to, next_due = excluded.next_due',
  );
  const situation = prepareSituation(database);
  const writeFates = prepareWriteFates(database);

  return (schedule, request) => {
    for (;;) {
      // The calendar is read outside the transaction, so that a long outage does not keep other writers waiting.
      const calendar = look(position(schedule), request);
      const idle = calendar.from !== null && !calendar.edited && calendar.past.length === 0;
      if (idle && !situation.mayMove(schedule, request)) return { start: [], nextDue: asDate(calendar.next) };
      const settled = database.write((): Settled | null => {
        if (!same(position(schedule), calendar.from)) return null;
        const start = settle(schedule, request, calendar);
        const settledTo = calendar.past.at(-1) ?? restart(calendar, request);
        save.run(schedule, settledTo, calendar.next);
        return { start, nextDue: asDate(calendar.next) };
      });
      if (settled !== null) return settled;
    }
  };

  function settle(schedule: string, request: SettleRequest, calendar: Calendar): Settled['start'] {
    const now = request.now.getTime();
    const writer = writeFates(schedule, request);
    if (calendar.edited) writer.dropPromise(calendar.from?.nextDue ?? null);
    const barred = situation.barred(request);
    const freed = writer.release({ barred, running: situation.running(request) });
    const running = freed.running || situation.running(request);
    writer.write(calendar.past, judge(calendar.past, { now, policy: request.policy, barred, running, waiting: freed.waiting }));
    return writer.started();
  }
}

function look(from: Position | null, request: SettleRequest): Calendar {
  const now = request.now.getTime();
  const after = from?.settledTo ?? request.firstSeen.getTime();
  const found = dueFrom(request, after, now);
  const edited = from !== null && (found.past[0] ?? found.next) !== from.nextDue;
  if (!edited) return { from, ...found, edited };
  return { from, past: [], next: dueFrom(request, Math.max(after, now), now).next, edited };
}

/** Where a schedule that was just seen or just edited counts from. */
function restart({ from, edited }: Calendar, request: SettleRequest): number {
  if (from === null) return request.firstSeen.getTime();
  return edited ? Math.max(from.settledTo, request.now.getTime()) : from.settledTo;
}

function dueFrom(request: SettleRequest, after: number, until: number): { past: readonly number[]; next: number | null } {
  const { past, next } = request.due(new Date(after), new Date(Math.max(after, until)));
  return { past: past.map((due) => due.getTime()), next: next?.getTime() ?? null };
}

const same = (a: Position | null, b: Position | null): boolean => a?.settledTo === b?.settledTo && a?.nextDue === b?.nextDue;
const asDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** What stands in the way of a start, as the ledger knows it. */
function prepareSituation(database: Database) {
  const openRun = database.prepare('SELECT 1 FROM runs WHERE agent = ? AND project = ? AND ended_at IS NULL LIMIT 1');
  const waiting = database.prepare('SELECT 1 FROM occurrences WHERE schedule = ? AND end IS NULL');
  const paused = preparePaused(database);
  const running = ({ busy, newRun }: SettleRequest): boolean => busy || openRun.get(newRun.agent, newRun.project) !== undefined;
  const barred = ({ newRun, barred: reason }: SettleRequest): string | null => {
    const pause = paused(newRun.agent);
    return pause === null ? (reason ?? null) : `paused: ${pause.reason}`;
  };
  return {
    running,
    barred,
    /** Whether a settlement without a new due time may still change something: one waits, and what it waited for is over. */
    mayMove: (schedule: string, request: SettleRequest): boolean => waiting.get(schedule) !== undefined && (!running(request) || barred(request) !== null),
  };
}

export const prepareNextDue = (database: Database): ScheduleBook['nextDue'] => {
  const find = database.prepare('SELECT next_due FROM schedules WHERE name = ? AND next_due IS NOT NULL');
  return (schedule) => {
    const row = find.get(schedule);
    return row === undefined ? null : date(row, 'next_due');
  };
};
