import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { migrations } from './schema.ts';

/** SQLite with prepared statements kept by their text. Every call is synchronous: a transaction never spans an `await`. */
export interface Database {
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Runs a statement; answers the id of the inserted row and the number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): { readonly id: number; readonly changes: number };
  /** All of `work` or nothing. A transaction inside another joins it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the file, creating or migrating it. Write-ahead logging: what was committed survives the death of this process. */
export function openDatabase(path: string): Database {
  const sqlite = new DatabaseSync(path);
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;');
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = sqlite.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  let depth = 0;
  const database: Database = {
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepared(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SQLInputValue[]) => prepared(sql).get(...values) as Row | undefined,
    run: (sql, ...values) => {
      const done = prepared(sql).run(...values);
      return { id: Number(done.lastInsertRowid), changes: Number(done.changes) };
    },
    transaction: (work) => {
      if (depth > 0) return work();
      sqlite.exec('BEGIN IMMEDIATE');
      depth += 1;
      try {
        const result = work();
        sqlite.exec('COMMIT');
        return result;
      } catch (error) {
        sqlite.exec('ROLLBACK');
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close: () => sqlite.close(),
  };
  migrate(sqlite, database);
  return database;
}

function migrate(sqlite: DatabaseSync, database: Database): void {
  const version = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  if (version > migrations.length)
    throw new Error(`forge.sqlite is of a newer version (${version}) than this program knows (${migrations.length}): use the newer program`);
  migrations.slice(version).forEach((sql, offset) => {
    database.transaction(() => {
      sqlite.exec(sql);
      sqlite.exec(`PRAGMA user_version = ${version + offset + 1}`);
    });
  });
}
