import { LedgerError } from '#ledger';
import type { Slot, SlotBook } from '#ledger';
import type { Database } from './database.ts';
import { number } from './rows.ts';

/** Backend slots. One that is held by a run that has ended counts for nothing, so a forgotten one cannot block a backend. */
export function createSlotBook(database: Database): SlotBook {
  const count = database.prepare('SELECT count(*) AS held FROM slots JOIN runs ON runs.id = slots.run WHERE slots.backend = ? AND runs.ended_at IS NULL');
  const openRun = database.prepare('SELECT 1 FROM runs WHERE id = ? AND ended_at IS NULL');
  const insert = database.prepare('INSERT INTO slots (backend, run) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM slots WHERE id = ?');
  const held = (backend: string): number => number(count.get(backend) ?? {}, 'held');

  const acquire = (backend: string, limit: number, run: string): Slot | null =>
    database.write(() => {
      if (openRun.get(run) === undefined) throw new LedgerError('misuse', `A slot of ${backend} needs a run that is going on, and ${run} is not.`);
      if (held(backend) >= limit) return null;
      const { rowId } = insert.run(backend, run);
      return { backend, [Symbol.dispose]: () => void (database.isOpen() && remove.run(rowId)) };
    });
  return { acquire, held };
}
