import { LedgerError } from '#ledger';
import type { SessionBook, SessionRecord } from '#ledger';
import type { Database, Row } from './database.ts';
import { prepareAssignEntry } from './entries.ts';
import { date, dateOrNull, number, numberOrNull, text, textOrNull } from './rows.ts';

/** Sessions, their rounds and their spend. */
export function createSessionBook(database: Database): SessionBook {
  const find = database.prepare('SELECT * FROM sessions WHERE id = ?');
  const findByKey = database.prepare("SELECT * FROM sessions WHERE key_digest = ? AND state = 'running'");
  const list = database.prepare(
    `SELECT * FROM sessions WHERE (?1 IS NULL OR started_at >= ?1) AND (?2 IS NULL OR project = ?2)
     AND (?3 IS NULL OR issue = ?3) AND (?4 IS NULL OR run = ?4) ORDER BY started_at, id`,
  );
  const accept = database.prepare("UPDATE sessions SET state = 'accepted' WHERE run = ? AND answered = 1 AND state IN ('answered', 'lost')");
  const confirmFailed = database.prepare("UPDATE sessions SET state = 'failed' WHERE run = ? AND state = 'lost'");
  const spend = database.prepare(
    'SELECT coalesce(sum(input_tokens + output_tokens), 0) AS tokens, coalesce(sum(usd), 0) AS usd FROM sessions WHERE ended_at >= ?',
  );
  return {
    start: prepareStart(database),
    end: prepareEnd(database),
    accept: (run) => void accept.run(run),
    confirmFailed: (run) => void confirmFailed.run(run),
    find: (id) => first(find.get(id)),
    findByKey: (digest) => first(findByKey.get(digest)),
    list: ({ since, project, issue, run }) => list.all(since?.getTime() ?? null, project ?? null, issue ?? null, run ?? null).map(sessionFrom),
    spend: (since) => {
      const sum = spend.get(since.getTime()) ?? {};
      return { tokens: number(sum, 'tokens'), usd: number(sum, 'usd') };
    },
    assignEntry: prepareAssignEntry(database),
  };
}

function prepareStart(database: Database): SessionBook['start'] {
  const insert = database.prepare(
    `INSERT INTO sessions (id, run, agent, project, task, issue, title, pull_request, backend, model, transcript, key_digest, started_at, state, round)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'running', 1 + count(*) FROM sessions
     WHERE project = ?4 AND issue = ?6 AND task = ?5 AND state = 'accepted' RETURNING *`,
  );
  return (session) => {
    const { id, run, agent, project, task, issue, title, pullRequest, backend, model, transcript, keyDigest, at } = session;
    const row = insert.get(id, run, agent, project, task, issue, title, pullRequest, backend, model, transcript, keyDigest, at.getTime());
    return sessionFrom(row ?? {});
  };
}

function prepareEnd(database: Database): SessionBook['end'] {
  const close = database.prepare(
    `UPDATE sessions SET state = ?1, answered = (?1 = 'answered'), failure = ?2, input_tokens = ?3, output_tokens = ?4, cached_tokens = ?5,
     usd = ?6, ended_at = ?7 WHERE id = ?8 AND state = 'running'`,
  );
  return (id, { state, failure, usage, at }) => {
    const closed = close.run(state, failure, usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.usd, at.getTime(), id);
    if (closed.changes === 0) throw new LedgerError('misuse', `The session ${id} is not running: it is unknown, or it has ended already.`);
  };
}

const first = (row: Row | undefined): SessionRecord | null => (row === undefined ? null : sessionFrom(row));

const sessionFrom = (row: Row): SessionRecord => ({
  id: text(row, 'id'),
  run: text(row, 'run'),
  agent: text(row, 'agent'),
  project: text(row, 'project'),
  task: text(row, 'task'),
  issue: number(row, 'issue'),
  title: text(row, 'title'),
  pullRequest: numberOrNull(row, 'pull_request'),
  round: number(row, 'round'),
  backend: text(row, 'backend'),
  model: text(row, 'model'),
  state: text(row, 'state') as SessionRecord['state'],
  failure: textOrNull(row, 'failure'),
  usage: {
    inputTokens: number(row, 'input_tokens'),
    outputTokens: number(row, 'output_tokens'),
    cachedTokens: number(row, 'cached_tokens'),
    usd: numberOrNull(row, 'usd'),
  },
  transcript: text(row, 'transcript'),
  startedAt: date(row, 'started_at'),
  endedAt: dateOrNull(row, 'ended_at'),
});
