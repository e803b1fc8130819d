import type { Ledger } from './ledger.ts';
import { openDatabase } from './sqlite/database.ts';
import { createEffectBook } from './sqlite/effects.ts';
import { createEventBook } from './sqlite/events.ts';
import { migrate } from './sqlite/migrations.ts';
import { createRunBook } from './sqlite/runs.ts';
import { createScheduleBook } from './sqlite/schedules.ts';
import { createSessionBook } from './sqlite/sessions.ts';
import { createSlotBook } from './sqlite/slots.ts';
import { createSwitchBook } from './sqlite/switches.ts';
import { createWaitBook } from './waits.ts';

/**
 * Opens the ledger in `file` (its folder must exist), creates it where it is missing, and brings its schema up to date.
 * Throws `LedgerError`: `newer` when a newer disinto wrote it (it stays untouched), `corrupt` when the file is no ledger.
 */
export function openLedger(file: string): Ledger {
  const database = openDatabase(file);
  try {
    migrate(database);
    return {
      schedules: createScheduleBook(database),
      runs: createRunBook(database),
      sessions: createSessionBook(database),
      slots: createSlotBook(database),
      effects: createEffectBook(database),
      events: createEventBook(database),
      switches: createSwitchBook(database),
      waits: createWaitBook(database, createEventBook(database)),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
