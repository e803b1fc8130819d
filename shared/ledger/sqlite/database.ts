import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { asLedgerError } from './errors.ts';

export type Row = Record<string, unknown>;
type Values = readonly SQLInputValue[];

/** A prepared statement whose failures are `LedgerError`s. */
export interface Statement {
  get(...values: Values): Row | undefined;
  all(...values: Values): readonly Row[];
  run(...values: Values): { readonly changes: number; readonly rowId: number };
}

/** One connection to the ledger's file. */
export interface Database {
  readonly file: string;
  prepare(sql: string): Statement;
  /** Runs `work` as one writing transaction, or as part of the one that is open. A throw undoes all of it. */
  write<T>(work: () => T): T;
  readonly isOpen: () => boolean;
  close(): void;
}

const waitForOthersMs = 10_000;

/** Opens the file, or creates it, in WAL mode with foreign keys on. Writers wait for each other up to ten seconds. */
export function openDatabase(file: string): Database {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asLedgerError(error, file);
    }
  };
  const connection = guard(() => connect(file));
  return {
    file,
    prepare: (sql) =>
      guardedStatement(
        guard(() => connection.prepare(sql)),
        guard,
      ),
    write: (work) => guard(() => transact(connection, work)),
    isOpen: () => connection.isOpen,
    close: () => {
      if (connection.isOpen) connection.close();
    },
  };
}

function connect(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: waitForOthersMs, enableForeignKeyConstraints: true });
  try {
    // Changing the journal mode takes the file for itself and does not wait; a ledger in WAL mode stays in it.
    if (connection.prepare('PRAGMA journal_mode').get()?.['journal_mode'] !== 'wal') enterWal(connection);
    connection.exec('PRAGMA synchronous = NORMAL');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Two processes that create one ledger at once may refuse each other here: whoever got through did it for both. */
function enterWal(connection: DatabaseSync): void {
  for (let left = 200; ; left--) {
    try {
      connection.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (left === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
}

function transact<T>(connection: DatabaseSync, work: () => T): T {
  if (connection.isTransaction) return work();
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function guardedStatement(statement: StatementSync, guard: <T>(work: () => T) => T): Statement {
  return {
    get: (...values) => guard(() => statement.get(...values)),
    all: (...values) => guard(() => statement.all(...values)),
    run: (...values) =>
      guard(() => {
        const { changes, lastInsertRowid } = statement.run(...values);
        return { changes: Number(changes), rowId: Number(lastInsertRowid) };
      }),
  };
}
