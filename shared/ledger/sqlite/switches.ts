import type { SwitchBook } from '#ledger';
import type { Database } from './database.ts';
import { date, json, number, text } from './rows.ts';

const everyAgent = '*';
const keptDeliveries = 20_000;

/** Pauses and waiting wakes. */
export function createSwitchBook(database: Database): SwitchBook {
  const pause = database.prepare(
    'INSERT INTO pauses (agent, reason, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason, at = excluded.at',
  );
  const resume = database.prepare(`DELETE FROM pauses WHERE (agent = ?1 OR ?1 = '${everyAgent}') AND agent NOT IN (SELECT value FROM json_each(?2))`);
  const waiting = database.prepare('SELECT 1 FROM wakes WHERE schedule = ? LIMIT 1');
  const take = database.prepare('DELETE FROM wakes WHERE schedule = ? RETURNING id, key, cause, at');
  return {
    pause: (agent, reason, at) => void pause.run(agent, reason, at.getTime()),
    resume: (agent, except = []) => void resume.run(agent, JSON.stringify(except)),
    paused: preparePaused(database),
    wake: prepareWake(database),
    takeWakes: (schedule) => {
      // Looked at without a write first: this is asked all the time and the answer is nearly always no.
      if (waiting.get(schedule) === undefined) return [];
      const taken = database.write(() => take.all(schedule));
      return taken
        .toSorted((a, b) => number(a, 'id') - number(b, 'id'))
        .map((row) => ({ key: text(row, 'key'), cause: json(row, 'cause'), at: date(row, 'at') }));
    },
  };
}

/** The delivery and the wake it causes are one record, so that a delivery counts as known only when nothing of it was lost. */
function prepareWake(database: Database): SwitchBook['wake'] {
  const insert = database.prepare('INSERT INTO wakes (schedule, key, cause, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const remember = database.prepare('INSERT INTO deliveries (schedule, delivery) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const forget = database.prepare('DELETE FROM deliveries WHERE id <= ?');
  return (schedule, key, cause, at) =>
    database.write(() => {
      if (cause.kind === 'webhook') {
        const { changes, rowId } = remember.run(schedule, cause.digest ?? cause.delivery);
        if (changes === 0) return false;
        forget.run(rowId - keptDeliveries);
      }
      insert.run(schedule, key, JSON.stringify(cause), at.getTime());
      return true;
    });
}

/** The agent's own pause, else the one of all agents, else null. */
export function preparePaused(database: Database): SwitchBook['paused'] {
  const find = database.prepare(`SELECT reason, at FROM pauses WHERE agent IN (?, '${everyAgent}') ORDER BY agent = '${everyAgent}' LIMIT 1`);
  return (agent) => {
    const row = find.get(agent);
    return row === undefined ? null : { reason: text(row, 'reason'), at: date(row, 'at') };
  };
}
