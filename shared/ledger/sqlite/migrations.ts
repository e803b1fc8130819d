import { LedgerError } from '#ledger';
import type { Database } from './database.ts';

/** Each entry brings the schema one version further. Never change an entry that was released: add one. Times are ms since 1970. */
const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, project TEXT NOT NULL, cause TEXT NOT NULL, subject TEXT,
    started_at INTEGER NOT NULL, ended_at INTEGER, end_kind TEXT, end_text TEXT,
    pid INTEGER NOT NULL, start_ticks TEXT NOT NULL, boot TEXT NOT NULL, host TEXT NOT NULL,
    CHECK ((ended_at IS NULL) = (end_kind IS NULL))
  ) STRICT;
  CREATE INDEX runs_by_start ON runs (started_at);
  CREATE INDEX runs_by_subject ON runs (subject) WHERE subject IS NOT NULL;
  CREATE INDEX runs_open ON runs (agent, project) WHERE ended_at IS NULL;

  CREATE TABLE schedules (name TEXT PRIMARY KEY, settled_to INTEGER NOT NULL, next_due INTEGER) STRICT;

  CREATE TABLE occurrences (
    id INTEGER PRIMARY KEY, schedule TEXT NOT NULL, due_at INTEGER NOT NULL, end TEXT,
    run TEXT UNIQUE REFERENCES runs (id), reason TEXT, lateness_ms INTEGER,
    into_id INTEGER REFERENCES occurrences (id),
    UNIQUE (schedule, due_at),
    CHECK (CASE
      WHEN end IS NULL THEN run IS NULL AND reason IS NULL AND lateness_ms IS NULL AND into_id IS NULL
      WHEN end = 'ran' THEN run IS NOT NULL AND reason IS NULL AND lateness_ms IS NULL AND into_id IS NULL
      WHEN end = 'skipped' THEN run IS NULL AND reason IS NOT NULL AND lateness_ms IS NULL AND into_id IS NULL
      WHEN end = 'missed' THEN run IS NULL AND reason IS NOT NULL AND lateness_ms IS NOT NULL AND into_id IS NULL
      WHEN end = 'coalesced' THEN run IS NULL AND reason IS NULL AND lateness_ms IS NULL AND into_id IS NOT NULL AND into_id <> id
      ELSE 0 END)
  ) STRICT;
  CREATE INDEX occurrences_by_due ON occurrences (due_at);
  CREATE UNIQUE INDEX occurrences_waiting ON occurrences (schedule) WHERE end IS NULL;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (id), agent TEXT NOT NULL, project TEXT NOT NULL, task TEXT NOT NULL,
    issue INTEGER NOT NULL, title TEXT NOT NULL, pull_request INTEGER, round INTEGER NOT NULL, backend TEXT NOT NULL, model TEXT NOT NULL,
    transcript TEXT NOT NULL, key_digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'answered', 'accepted', 'failed', 'cancelled', 'lost')), failure TEXT,
    answered INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0, cached_tokens INTEGER NOT NULL DEFAULT 0, usd REAL,
    started_at INTEGER NOT NULL, ended_at INTEGER, entry INTEGER
  ) STRICT;
  CREATE INDEX sessions_by_run ON sessions (run);
  CREATE INDEX sessions_by_issue ON sessions (project, issue, task);
  CREATE INDEX sessions_by_entry ON sessions (entry) WHERE entry IS NOT NULL;
  CREATE INDEX sessions_by_end ON sessions (ended_at);
  CREATE INDEX sessions_by_start ON sessions (started_at);
  CREATE INDEX sessions_by_key ON sessions (key_digest) WHERE state = 'running';

  CREATE TABLE slots (id INTEGER PRIMARY KEY AUTOINCREMENT, backend TEXT NOT NULL, run TEXT NOT NULL REFERENCES runs (id)) STRICT;
  CREATE INDEX slots_by_backend ON slots (backend);
  CREATE INDEX slots_by_run ON slots (run);

  CREATE TABLE effects (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id), kind TEXT NOT NULL, target TEXT NOT NULL,
    detail TEXT NOT NULL, at INTEGER NOT NULL, confirmed_at INTEGER
  ) STRICT;
  CREATE INDEX effects_by_run ON effects (run);
  CREATE INDEX effects_by_target ON effects (target);
  CREATE INDEX effects_unconfirmed ON effects (at) WHERE confirmed_at IS NULL;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT, cause TEXT, data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_subject ON events (subject) WHERE subject IS NOT NULL;
  CREATE INDEX events_by_cause ON events (cause) WHERE cause IS NOT NULL;
  CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

  CREATE TABLE pauses (agent TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE wakes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, schedule TEXT NOT NULL, key TEXT NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL,
    UNIQUE (schedule, key)
  ) STRICT;
  `,
  `
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, schedule TEXT NOT NULL, delivery TEXT NOT NULL,
    UNIQUE (schedule, delivery)
  ) STRICT;
  CREATE TABLE waits (
    schedule TEXT PRIMARY KEY, cause TEXT NOT NULL, reason TEXT NOT NULL, mend TEXT NOT NULL, since INTEGER NOT NULL, looked_at INTEGER NOT NULL
  ) STRICT;
  `,
];

/** Brings the schema up to date, each version in its own transaction. A schema from a newer disinto is refused, untouched. */
export function migrate(database: Database): void {
  const version = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version() === migrations.length) return;
  for (const index of migrations.keys()) {
    database.write(() => {
      refuseNewer(version(), database.file);
      if (version() === index) apply(database, index);
    });
  }
}

function apply(database: Database, index: number): void {
  for (const sql of statements(migrations[index] ?? '')) database.prepare(sql).run();
  database.prepare(`PRAGMA user_version = ${index + 1}`).run();
}

/** Statements end with `;` at the end of a line; a trigger is written on one line. */
const statements = (script: string): readonly string[] =>
  script
    .split(/;\n/)
    .map((sql) => sql.trim())
    .filter((sql) => sql !== '');

function refuseNewer(version: number, file: string): void {
  if (version <= migrations.length) return;
  throw new LedgerError(
    'newer',
    `The ledger ${file} has schema ${version}, and this disinto knows up to ${migrations.length}: a newer disinto wrote it. Upgrade disinto, or point it to another data folder. Nothing was changed.`,
  );
}
