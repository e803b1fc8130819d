import { LedgerError } from '#ledger';
import type { ProcessIdentity, RunBook, RunEnd, RunRecord } from '#ledger';
import type { Database, Row } from './database.ts';
import { date, dateOrNull, json, number, text, textOrNull } from './rows.ts';

type Started = Parameters<RunBook['start']>[0];

/** Runs: opened once, ended once; those of a dead process are closed as lost together with their sessions and slots. */
export function createRunBook(database: Database): RunBook {
  const find = database.prepare('SELECT * FROM runs WHERE id = ?');
  const setSubject = database.prepare('UPDATE runs SET subject = ? WHERE id = ?');
  const running = database.prepare('SELECT * FROM runs WHERE ended_at IS NULL ORDER BY started_at, id');
  const list = database.prepare(
    'SELECT * FROM runs WHERE started_at >= ?1 AND (?2 IS NULL OR agent = ?2) AND (?3 IS NULL OR subject = ?3) ORDER BY started_at, id',
  );
  const end = prepareEnd(database);
  const openRuns = (): readonly RunRecord[] => running.all().map(runFrom);
  return {
    start: prepareStart(database),
    setSubject: (id, subject) => {
      if (setSubject.run(subject, id).changes === 0) throw unknownRun(id);
    },
    end,
    find: (id) => first(find.get(id)),
    list: ({ since, agent, subject }) => list.all(since.getTime(), agent ?? null, subject ?? null).map(runFrom),
    running: openRuns,
    closeLost: (isAlive, at) => closeLost(database, openRuns, end, isAlive, at),
  };
}

/** Writes an open run; also used where an occurrence starts, inside its transaction. */
export function prepareStart(database: Database): (run: Started) => void {
  const insert = database.prepare('INSERT INTO runs (id, agent, project, cause, started_at, pid, start_ticks, boot, host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  return ({ id, agent, project, cause, at, process: { pid, startTicks, boot, host } }) => {
    insert.run(id, agent, project, JSON.stringify(cause), at.getTime(), pid, startTicks, boot, host);
  };
}

function prepareEnd(database: Database): RunBook['end'] {
  const find = database.prepare('SELECT ended_at FROM runs WHERE id = ?');
  const close = database.prepare('UPDATE runs SET ended_at = ?, end_kind = ?, end_text = ? WHERE id = ? AND ended_at IS NULL');
  const free = database.prepare('DELETE FROM slots WHERE run = ?');
  return (id, end, at) => {
    database.write(() => {
      const closed = close.run(at.getTime(), end.kind, end.kind === 'acted' ? end.did : end.reason, id);
      if (closed.changes === 0) throw find.get(id) === undefined ? unknownRun(id) : new LedgerError('misuse', `The run ${id} has ended already.`);
      free.run(id);
    });
  };
}

function closeLost(
  database: Database,
  openRuns: () => readonly RunRecord[],
  end: RunBook['end'],
  isAlive: (process: ProcessIdentity) => boolean,
  at: Date,
): readonly RunRecord[] {
  const suspects = openRuns().filter((run) => !isAlive(run.process));
  if (suspects.length === 0) return [];
  const loseSessions = database.prepare("UPDATE sessions SET state = 'lost', ended_at = coalesce(ended_at, ?) WHERE run = ? AND state <> 'accepted'");
  return database.write(() => {
    const stillOpen = new Set(openRuns().map((run) => run.id));
    return suspects
      .filter(({ id }) => stillOpen.has(id))
      .map((run) => {
        const lost: RunEnd = { kind: 'lost', reason: `its process ${run.process.pid} on ${run.process.host} is gone` };
        end(run.id, lost, at);
        loseSessions.run(at.getTime(), run.id);
        return { ...run, endedAt: at, end: lost };
      });
  });
}

const unknownRun = (id: string): LedgerError => new LedgerError('misuse', `The ledger has no run ${id}.`);

const first = (row: Row | undefined): RunRecord | null => (row === undefined ? null : runFrom(row));

const runFrom = (row: Row): RunRecord => ({
  id: text(row, 'id'),
  agent: text(row, 'agent'),
  project: text(row, 'project'),
  cause: json(row, 'cause'),
  startedAt: date(row, 'started_at'),
  endedAt: dateOrNull(row, 'ended_at'),
  end: row['end_kind'] === null ? null : endFrom(text(row, 'end_kind') as RunEnd['kind'], text(row, 'end_text')),
  subject: textOrNull(row, 'subject'),
  process: { pid: number(row, 'pid'), startTicks: text(row, 'start_ticks'), boot: text(row, 'boot'), host: text(row, 'host') },
});

const endFrom = (kind: RunEnd['kind'], said: string): RunEnd => (kind === 'acted' ? { kind, did: said } : { kind, reason: said });
