import type { Ledger, Occurrence, RunRecord, ScheduleAudit } from '#ledger';
import { type Args, type Command, parseSeconds } from '../command.ts';
import { atPlace, placeOptions } from '../place.ts';
import { print, renderColumns } from '../print.ts';

export const runsCommand: Command = {
  name: 'runs',
  usage: '[--since 30d] [--json] [--config FILE | --keep DIR]',
  summary: 'The audit: every due time of every schedule and how it ended, and the runs that events woke.',
  options: { since: { kind: 'text', value: '30d', summary: 'how far back (30d)' }, json: { kind: 'flag', summary: 'one JSON document' }, ...placeOptions },
  details:
    'The due times that simply ran are counted, the others listed: the latest of them, all with --json.\nExit code 1 when a due time has no outcome: that must not happen.',
  words: { min: 0, max: 0 },
  run: async (args: Args) => {
    const now = new Date();
    const since = new Date(now.getTime() - parseSeconds('since', args.text('since') ?? '30d') * 1000);
    const audit = await atPlace(args, ({ ledger }) => readRuns(ledger, since, now));
    if (args.flag('json')) print(JSON.stringify(audit, null, 2));
    else print(renderRuns(audit));
    return audit.schedules.some((schedule) => schedule.unexplained > 0) ? 1 : 0;
  },
};

/** One due time and what became of it. */
interface DueTime {
  readonly id: number;
  readonly schedule: string;
  readonly dueAt: string;
  readonly end: 'ran' | 'skipped' | 'missed' | 'coalesced' | 'waits' | 'unexplained';
  /** Of one that ran: the run. */
  readonly run?: string;
  /** Of one that was skipped or missed. */
  readonly reason?: string;
  /** Of one that was missed: when that was settled, counted from the due time. */
  readonly latenessSeconds?: number;
  /** Of one that was coalesced: the due time that stands for it; null when it is no longer known. */
  readonly into?: string | null;
}

type Counts = Readonly<Record<string, number>>;

interface RunAudit {
  readonly since: string;
  readonly schedules: readonly ScheduleAudit[];
  readonly runs: { readonly total: number; readonly byCause: Counts; readonly byEnd: Counts };
  readonly occurrences: readonly DueTime[];
}

export function readRuns({ schedules, runs }: Ledger, since: Date, now: Date): RunAudit {
  const audit = schedules.audit(since, now);
  const started = runs.list({ since });
  const unexplained = new Set(audit.filter((schedule) => schedule.unexplained > 0).map(({ schedule }) => schedule));
  const all = schedules.occurrences({ since });
  const times = new Map(all.map(({ id, dueAt }) => [id, dueAt.toISOString()]));
  return {
    since: since.toISOString(),
    schedules: audit,
    runs: {
      total: started.length,
      byCause: countBy(started, (run) => `${run.agent}@${run.project} ${run.cause.kind}`),
      byEnd: countBy(started, (run) => run.end?.kind ?? 'running'),
    },
    occurrences: all.map((one) => dueTimeOf(one, times, unexplained.has(one.schedule) && one.dueAt <= now)),
  };
}

/** One without an end waits for a run that is open; where none is, nothing explains it. */
function dueTimeOf({ id, schedule, dueAt, end }: Occurrence, times: ReadonlyMap<number, string>, isUnexplained: boolean): DueTime {
  const common = { id, schedule, dueAt: dueAt.toISOString() };
  if (end === null) return { ...common, end: isUnexplained ? 'unexplained' : 'waits' };
  if (end.kind === 'coalesced') return { ...common, end: end.kind, into: times.get(end.into) ?? null };
  const { kind, ...how } = end;
  return { ...common, end: kind, ...how };
}

const countBy = (runs: readonly RunRecord[], key: (run: RunRecord) => string): Counts =>
  Object.fromEntries([...Map.groupBy(runs, key)].map(([name, list]) => [name, list.length]));

export function renderRuns({ schedules, runs, occurrences }: RunAudit): string {
  const rows = schedules.map((s) => [s.schedule, ...[s.occurrences, s.ran, s.skipped, s.missed, s.coalesced, s.unexplained].map(String)]);
  const table = renderColumns(['SCHEDULE', 'DUE', 'RAN', 'SKIPPED', 'MISSED', 'COALESCED', 'UNEXPLAINED'], rows);
  const list = (counts: Counts): string =>
    Object.entries(counts)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ') || 'none';
  return [table, ...renderOthers(occurrences), '', `Runs by cause: ${list(runs.byCause)}`, `Runs by end: ${list(runs.byEnd)}`].join('\n');
}

/** Lines of due times in the text form. */
const most = 40;

/** The due times that did not simply run: what nothing explains, then the latest of the others. */
function renderOthers(occurrences: readonly DueTime[]): readonly string[] {
  const others = occurrences.filter(({ end }) => end !== 'ran');
  if (others.length === 0) return [];
  const urgent = others.filter(({ end }) => end === 'unexplained').slice(-most);
  const latest = others.filter(({ end }) => end !== 'unexplained').toReversed();
  const shown = [...urgent, ...latest.slice(0, most - urgent.length).toReversed()];
  const rows = shown.map((one) => [one.dueAt, one.schedule, inWords(one)]);
  const more = others.length - shown.length;
  return ['', renderColumns(['DUE AT', 'SCHEDULE', 'HOW IT ENDED'], rows), ...(more === 0 ? [] : [`… and ${more} more: --json lists all`])];
}

function inWords(one: DueTime): string {
  if (one.end === 'missed') return `missed, seen ${one.latenessSeconds ?? 0} s late: ${one.reason ?? ''}`;
  if (one.end === 'skipped') return `skipped: ${one.reason ?? ''}`;
  if (one.end === 'coalesced') return `coalesced into ${one.into ?? 'an earlier one'}`;
  return { waits: 'waits for the run before it', unexplained: 'UNEXPLAINED: nobody ended it', ran: 'ran' }[one.end];
}
