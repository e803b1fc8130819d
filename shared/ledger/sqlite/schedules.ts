import type { Occurrence, OccurrenceEnd, ScheduleAudit, ScheduleBook } from '#ledger';
import type { Database, Row } from './database.ts';
import { date, dateOrNull, number, text } from './rows.ts';
import { prepareNextDue, prepareSettle } from './settle.ts';

/** Schedules and what became of each of their due times. */
export function createScheduleBook(database: Database): ScheduleBook {
  const list = database.prepare('SELECT * FROM occurrences WHERE due_at >= ?1 AND (?2 IS NULL OR schedule = ?2) ORDER BY due_at, id');
  const audit = database.prepare(`
    SELECT names.name AS schedule, schedules.next_due AS next_due, count(rows.id) AS occurrences,
      coalesce(sum(rows.end = 'ran'), 0) AS ran, coalesce(sum(rows.end = 'skipped'), 0) AS skipped,
      coalesce(sum(rows.end = 'missed'), 0) AS missed, coalesce(sum(rows.end = 'coalesced'), 0) AS coalesced,
      coalesce(sum(rows.end IS NULL AND rows.id IS NOT NULL AND rows.due_at <= ?2 AND NOT EXISTS (
        SELECT 1 FROM runs WHERE runs.ended_at IS NULL AND runs.agent || '@' || runs.project = rows.schedule)), 0) AS unexplained
    FROM (SELECT name FROM schedules UNION SELECT DISTINCT schedule FROM occurrences) AS names
    LEFT JOIN schedules ON schedules.name = names.name
    LEFT JOIN occurrences AS rows ON rows.schedule = names.name AND rows.due_at >= ?1
    GROUP BY names.name ORDER BY names.name`);
  return {
    settle: prepareSettle(database),
    nextDue: prepareNextDue(database),
    occurrences: ({ since, schedule }) => list.all(since.getTime(), schedule ?? null).map(occurrenceFrom),
    audit: (since, now) => audit.all(since.getTime(), now.getTime()).map(auditFrom),
  };
}

const occurrenceFrom = (row: Row): Occurrence => ({
  id: number(row, 'id'),
  schedule: text(row, 'schedule'),
  dueAt: date(row, 'due_at'),
  end: endFrom(row),
});

function endFrom(row: Row): OccurrenceEnd | null {
  switch (row['end']) {
    case 'ran':
      return { kind: 'ran', run: text(row, 'run') };
    case 'skipped':
      return { kind: 'skipped', reason: text(row, 'reason') };
    case 'missed':
      return { kind: 'missed', reason: text(row, 'reason'), latenessSeconds: number(row, 'lateness_ms') / 1000 };
    case 'coalesced':
      return { kind: 'coalesced', into: number(row, 'into_id') };
    default:
      return null;
  }
}

const auditFrom = (row: Row): ScheduleAudit => ({
  schedule: text(row, 'schedule'),
  occurrences: number(row, 'occurrences'),
  ran: number(row, 'ran'),
  skipped: number(row, 'skipped'),
  missed: number(row, 'missed'),
  coalesced: number(row, 'coalesced'),
  unexplained: number(row, 'unexplained'),
  nextDue: dateOrNull(row, 'next_due'),
});
