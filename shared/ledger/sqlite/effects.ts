import { LedgerError } from '#ledger';
import type { EffectBook, EffectRecord } from '#ledger';
import type { Database, Row } from './database.ts';
import { date, dateOrNull, number, text } from './rows.ts';

/** Writes to the world: intended, then confirmed. */
export function createEffectBook(database: Database): EffectBook {
  const insert = database.prepare('INSERT INTO effects (run, kind, target, detail, at) VALUES (?, ?, ?, ?, ?)');
  const confirm = database.prepare('UPDATE effects SET confirmed_at = coalesce(confirmed_at, ?) WHERE id = ?');
  const list = database.prepare(
    `SELECT * FROM effects WHERE (?1 IS NULL OR run = ?1) AND (?2 IS NULL OR target = ?2) AND (?3 IS NULL OR at >= ?3)
     AND (?4 = 0 OR confirmed_at IS NULL) ORDER BY id`,
  );
  return {
    intend: ({ run, kind, target, detail, at }) => insert.run(run, kind, target, detail, at.getTime()).rowId,
    confirm: (id, at) => {
      if (confirm.run(at.getTime(), id).changes === 0) throw new LedgerError('misuse', `The ledger has no effect ${id}.`);
    },
    list: ({ run, target, since, unconfirmed }) =>
      list.all(run ?? null, target ?? null, since?.getTime() ?? null, unconfirmed === true ? 1 : 0).map(effectFrom),
  };
}

const effectFrom = (row: Row): EffectRecord => ({
  id: number(row, 'id'),
  run: text(row, 'run'),
  kind: text(row, 'kind'),
  target: text(row, 'target'),
  detail: text(row, 'detail'),
  at: date(row, 'at'),
  confirmedAt: dateOrNull(row, 'confirmed_at'),
});
