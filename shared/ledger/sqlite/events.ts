import type { EventBook, EventRecord } from '#ledger';
import type { Database, Row } from './database.ts';
import { date, json, number, text, textOrNull } from './rows.ts';

/** What happened, in order. The schema refuses to change or remove an event. */
export function createEventBook(database: Database): EventBook {
  const insert = database.prepare('INSERT INTO events (at, kind, subject, cause, data) VALUES (?, ?, ?, ?, ?)');
  const list = database.prepare(
    `SELECT * FROM events WHERE id > ?1 AND (?2 IS NULL OR subject = ?2) AND (?3 IS NULL OR cause = ?3) AND (?4 IS NULL OR kind = ?4)
     ORDER BY id LIMIT ?5`,
  );
  return {
    append: ({ at, kind, subject, cause, data }) => void insert.run(at.getTime(), kind, subject, cause, JSON.stringify(data)),
    list: ({ after, subject, cause, kind, limit }) => list.all(after ?? 0, subject ?? null, cause ?? null, kind ?? null, limit ?? -1).map(eventFrom),
  };
}

const eventFrom = (row: Row): EventRecord => ({
  id: number(row, 'id'),
  at: date(row, 'at'),
  kind: text(row, 'kind'),
  subject: textOrNull(row, 'subject'),
  cause: textOrNull(row, 'cause'),
  data: json(row, 'data'),
});
