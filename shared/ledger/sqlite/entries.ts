import { LedgerError } from '#ledger';
import type { SessionBook } from '#ledger';
import type { Database } from './database.ts';
import { number, numberOrNull } from './rows.ts';

/** Hands out playbook entries; see `SessionBook.assignEntry` for what counts as used. */
export function prepareAssignEntry(database: Database): SessionBook['assignEntry'] {
  const find = database.prepare('SELECT entry FROM sessions WHERE id = ?');
  const used = database.prepare(
    `SELECT count(*) AS uses FROM sessions JOIN runs ON runs.id = sessions.run
     WHERE sessions.entry = ? AND (sessions.state = 'accepted' OR (sessions.state = 'failed' AND runs.end_kind = 'lost') OR runs.end_kind IS NULL OR runs.end_kind NOT IN ('lost', 'cancelled'))`,
  );
  const assign = database.prepare('UPDATE sessions SET entry = ? WHERE id = ?');
  return (session, candidates) =>
    database.write(() => {
      const row = find.get(session);
      if (row === undefined) throw new LedgerError('misuse', `The ledger has no session ${session}.`);
      const before = numberOrNull(row, 'entry');
      if (before !== null) return before;
      const free = candidates.find(({ entry, times }) => number(used.get(entry) ?? {}, 'uses') < times);
      if (free === undefined) return null;
      assign.run(free.entry, session);
      return free.entry;
    });
}
