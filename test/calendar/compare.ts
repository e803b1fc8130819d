import type { Ledger, Occurrence } from '#ledger';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import type { Expected } from './oracle-policy.ts';

interface Comparison {
  readonly occurrences: number;
  /** Due times without a row, and rows without an end that have nothing to wait for. */
  readonly unexplained: number;
  /** Due times with two rows, and occurrences with two runs or runs without theirs. */
  readonly double: number;
  /** Rows that end otherwise than the oracle says, and rows of times that were never due; in words. */
  readonly different: readonly string[];
  /** How many ended in each way. */
  readonly ends: Readonly<Record<string, number>>;
}

/** The rows of the ledger against what the oracle expects, schedule by schedule. */
export function compare(file: string, expected: ReadonlyMap<string, Expected>): Comparison {
  using ledger = opened(file);
  const rows = ledger.schedules.occurrences({ since: new Date(0) });
  const dueOfId = new Map(rows.map(({ id, dueAt }) => [id, dueAt.getTime()]));
  const actual = new Map<string, Map<number, string>>([...expected.keys()].map((name) => [name, new Map()]));
  const ends: Record<string, number> = {};
  let double = 0;
  for (const row of rows) {
    const ofSchedule = actual.get(row.schedule);
    if (ofSchedule?.has(row.dueAt.getTime()) === true) double++;
    ofSchedule?.set(row.dueAt.getTime(), inWords(row, dueOfId));
    ends[row.end?.kind ?? 'waiting'] = (ends[row.end?.kind ?? 'waiting'] ?? 0) + 1;
  }
  const missing = [...expected].flatMap(([name, due]) => [...due.keys()].filter((each) => actual.get(name)?.has(each) !== true));
  const unended = rows.filter((row) => row.end === null && expected.get(row.schedule)?.get(row.dueAt.getTime()) !== 'waits');
  return {
    occurrences: rows.length,
    unexplained: missing.length + unended.length,
    double: double + doubleRuns(ledger, rows),
    different: [...actual].flatMap(([name, due]) => differences(name, due, expected.get(name) ?? new Map())),
    ends,
  };
}

function opened(file: string): Ledger & Disposable {
  const ledger = openLedger(file);
  return { ...ledger, [Symbol.dispose]: () => ledger.close() };
}

function inWords({ end }: Occurrence, dueOfId: ReadonlyMap<number, number>): string {
  if (end === null) return 'waits';
  if (end.kind === 'missed') return `missed ${Math.round(end.latenessSeconds * 1000)}`;
  return end.kind === 'coalesced' ? `into ${dueOfId.get(end.into)}` : end.kind;
}

/** Each occurrence that ran has exactly the run it names, and no run names another. */
function doubleRuns(ledger: Ledger, rows: readonly Occurrence[]): number {
  const runOf = new Map(rows.map(({ id, end }) => [id, end?.kind === 'ran' ? end.run : null]));
  return ledger.runs.list({ since: new Date(0) }).filter(({ id, cause }) => cause.kind !== 'occurrence' || runOf.get(cause.occurrence) !== id).length;
}

function differences(name: string, actual: ReadonlyMap<number, string>, expected: Expected): readonly string[] {
  return [...actual]
    .filter(([due, end]) => expected.get(due) !== end)
    .map(([due, end]) => `${name} ${new Date(due).toISOString()}: ${end}, expected ${expected.get(due) ?? 'no such due time'}`);
}
