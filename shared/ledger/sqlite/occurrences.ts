import type { Settled, SettleRequest } from '#ledger';
import type { Database } from './database.ts';
import type { Fate } from './judge.ts';
import { number } from './rows.ts';
import { prepareStart } from './runs.ts';

interface Waiting {
  readonly id: number;
  readonly dueAt: number;
}

/** Writes what was decided about due times as rows, inside the transaction of the caller. */
interface FateWriter {
  /** The due time that was promised under the schedule as it was before an edit, if its time has passed. */
  dropPromise(dueAt: number | null): void;
  /** Starts or ends the occurrence that waits, when it may not wait any longer. Says whether one runs or waits now. */
  release(state: { readonly barred: string | null; readonly running: boolean }): { readonly running: boolean; readonly waiting: boolean };
  write(past: readonly number[], fates: ReadonlyMap<number, Fate>): void;
  started(): Settled['start'];
}

export function prepareWriteFates(database: Database): (schedule: string, request: SettleRequest) => FateWriter {
  const findWaiting = database.prepare('SELECT id, due_at FROM occurrences WHERE schedule = ? AND end IS NULL');
  const lastId = database.prepare('SELECT coalesce(max(id), 0) AS id FROM occurrences');
  const insert = database.prepare('INSERT INTO occurrences (id, schedule, due_at, end, run, reason, lateness_ms, into_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const endWaiting = database.prepare('UPDATE occurrences SET end = ?, run = ?, reason = ? WHERE id = ?');
  const startRun = prepareStart(database);

  return (schedule, { now, newRun }) => {
    const starts: { run: string; occurrence: number; dueAt: Date }[] = [];
    const waiting = (): Waiting | null => {
      const row = findWaiting.get(schedule);
      return row === undefined ? null : { id: number(row, 'id'), dueAt: number(row, 'due_at') };
    };
    const start = (occurrence: number, dueAt: number): string => {
      const run = starts.length === 0 ? newRun.id : `${newRun.id}-${starts.length + 1}`;
      startRun({ ...newRun, id: run, cause: { kind: 'occurrence', occurrence }, at: now });
      starts.push({ run, occurrence, dueAt: new Date(dueAt) });
      return run;
    };
    const nextId = (): number => number(lastId.get() ?? {}, 'id') + 1;
    return {
      dropPromise: (dueAt) => {
        if (dueAt === null || dueAt > now.getTime()) return;
        insert.run(nextId(), schedule, dueAt, 'missed', null, 'the schedule was changed', now.getTime() - dueAt, null);
      },
      release: ({ barred, running }) => {
        const held = waiting();
        if (held === null) return { running, waiting: false };
        if (barred !== null) endWaiting.run('skipped', null, barred, held.id);
        else if (running) return { running, waiting: true };
        else endWaiting.run('ran', start(held.id, held.dueAt), null, held.id);
        return { running: running || barred === null, waiting: false };
      },
      write: (past, fates) => {
        const before = waiting();
        const base = nextId();
        const rows = past.map((dueAt, index) => ({ id: base + index, dueAt, fate: fates.get(dueAt) ?? wait }));
        const ids = new Map(rows.map(({ id, dueAt }) => [dueAt, id]));
        // Targets first: a row that coalesces refers to one that is there.
        for (const { id, dueAt, fate } of rows.toSorted((a, b) => rank(a.fate) - rank(b.fate))) {
          const target = fate.kind !== 'coalesced' ? null : fate.into === 'waiting' ? (before?.id ?? null) : (ids.get(fate.into) ?? null);
          const run = fate.kind === 'start' ? start(id, dueAt) : null;
          const reason = 'reason' in fate ? fate.reason : null;
          insert.run(id, schedule, dueAt, endOf[fate.kind], run, reason, fate.kind === 'missed' ? now.getTime() - dueAt : null, target);
        }
      },
      started: () => starts,
    };
  };
}

const wait: Fate = { kind: 'wait' };
const endOf = { start: 'ran', wait: null, skipped: 'skipped', missed: 'missed', coalesced: 'coalesced' } as const;
const rank = (fate: Fate): number => (fate.kind === 'coalesced' ? 1 : 0);
