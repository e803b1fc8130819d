import type { RunRecord } from '#ledger';
import { type Args, type Command, parseSeconds } from '../command.ts';
import { atPlace, placeOptions } from '../place.ts';
import { print, renderColumns } from '../print.ts';

export const runsCommand: Command = {
  name: 'runs',
  usage: '[--since 30d] [--json] [--config FILE | --keep DIR]',
  summary: 'The audit: every due time of every schedule and how it ended, and the runs that events woke.',
  options: { since: { kind: 'text', value: '30d', summary: 'how far back (30d)' }, json: { kind: 'flag', summary: 'one JSON document' }, ...placeOptions },
  details: 'Exit code 1 when a due time has no outcome: that must not happen.',
  words: { min: 0, max: 0 },
  run: async (args: Args) => {
    const now = new Date();
    const since = new Date(now.getTime() - parseSeconds('since', args.text('since') ?? '30d') * 1000);
    const [schedules, runs] = await atPlace(args, ({ ledger }) => [ledger.schedules.audit(since, now), ledger.runs.list({ since })] as const);
    const byCause = countBy(runs, (run) => `${run.agent}@${run.project} ${run.cause.kind}`);
    const byEnd = countBy(runs, (run) => run.end?.kind ?? 'running');
    if (args.flag('json')) print(JSON.stringify({ since: since.toISOString(), schedules, runs: { total: runs.length, byCause, byEnd } }, null, 2));
    else print(render(schedules, byCause, byEnd));
    return schedules.some((schedule) => schedule.unexplained > 0) ? 1 : 0;
  },
};

const countBy = (runs: readonly RunRecord[], key: (run: RunRecord) => string): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(runs, key)].map(([name, list]) => [name, list.length]));

type Audit = readonly {
  readonly schedule: string;
  readonly occurrences: number;
  readonly ran: number;
  readonly skipped: number;
  readonly missed: number;
  readonly coalesced: number;
  readonly unexplained: number;
}[];

function render(schedules: Audit, causes: Readonly<Record<string, number>>, ends: Readonly<Record<string, number>>): string {
  const rows = schedules.map((s) => [s.schedule, ...[s.occurrences, s.ran, s.skipped, s.missed, s.coalesced, s.unexplained].map(String)]);
  const table = renderColumns(['SCHEDULE', 'DUE', 'RAN', 'SKIPPED', 'MISSED', 'COALESCED', 'UNEXPLAINED'], rows);
  const list = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ') || 'none';
  return [table, '', `Runs by cause: ${list(causes)}`, `Runs by end: ${list(ends)}`].join('\n');
}
