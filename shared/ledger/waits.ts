import type { EventBook, Wait, WaitBook } from '#ledger';
import type { Database, Row } from './sqlite/database.ts';
import { date, text } from './sqlite/rows.ts';

/** One row per schedule that waits; events only for the first and the last of a cause. */
export function createWaitBook(database: Database, events: EventBook): WaitBook {
  const find = database.prepare('SELECT * FROM waits WHERE schedule = ?');
  const anyOf = database.prepare('SELECT 1 FROM waits WHERE cause = ? LIMIT 1');
  const looked = database.prepare('UPDATE waits SET looked_at = ? WHERE schedule = ?');
  const insert = database.prepare('INSERT INTO waits (schedule, cause, reason, mend, since, looked_at) VALUES (?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM waits WHERE schedule = ?');
  const list = database.prepare('SELECT * FROM waits ORDER BY since, schedule');

  const end: WaitBook['end'] = (schedule, at) => {
    if (find.get(schedule) === undefined) return;
    database.write(() => {
      const row = find.get(schedule);
      if (row === undefined) return;
      const cause = text(row, 'cause');
      remove.run(schedule);
      if (anyOf.get(cause) !== undefined) return;
      events.append({ at, kind: 'wait-over', subject: null, cause: null, data: { cause, lastToGoOn: schedule } });
    });
  };
  const begin: WaitBook['note'] = (schedule, { cause, reason, mend }, at) => {
    const isFirst = anyOf.get(cause) === undefined;
    insert.run(schedule, cause, reason, mend, at.getTime(), at.getTime());
    if (isFirst) events.append({ at, kind: 'wait-began', subject: null, cause: null, data: { cause, reason, mend, first: schedule } });
  };
  return {
    end,
    note: (schedule, said, at) =>
      database.write(() => {
        const row = find.get(schedule);
        if (row !== undefined && text(row, 'cause') === said.cause) return void looked.run(at.getTime(), schedule);
        end(schedule, at);
        begin(schedule, said, at);
      }),
    list: () => [...Map.groupBy(list.all(), (row) => text(row, 'cause')).values()].flatMap(waitFrom),
  };
}

/** The rows of one cause, the earliest first. */
function waitFrom(rows: readonly Row[]): readonly Wait[] {
  const [first] = rows;
  if (first === undefined) return [];
  const [cause = '', reason = '', mend = ''] = ['cause', 'reason', 'mend'].map((column) => text(first, column));
  const lookedAt = new Date(Math.max(...rows.map((row) => date(row, 'looked_at').getTime())));
  return [{ cause, reason, mend, since: date(first, 'since'), lookedAt, schedules: rows.map((row) => text(row, 'schedule')) }];
}
