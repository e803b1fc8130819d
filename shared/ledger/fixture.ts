import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ledger, ProcessIdentity, SchedulePolicy, SessionRecord, Settled, SettleRequest } from './ledger.ts';
import { openLedger } from './sqlite.ts';

export const someone: ProcessIdentity = { pid: 4711, startTicks: '1', boot: 'boot', host: 'host' };

/** An instant on the first day of the tests, for example `at('09:30')`. */
export const at = (time: string): Date => new Date(`2026-01-05T${time.length === 5 ? `${time}:00` : time}Z`);

/** A folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A ledger in a file of its own, closed with the test. */
export function freshLedger(file = join(temporaryFolder(), 'ledger.sqlite')): Ledger {
  const ledger = openLedger(file);
  onTestFinished(() => ledger.close());
  return ledger;
}

export function startRun(ledger: Ledger, id: string, process = someone): string {
  ledger.runs.start({ id, agent: 'dev', project: 'demo', cause: { kind: 'command', by: 'maintainer' }, at: at('00:00'), process });
  return id;
}

/** A session of a run of its own, unless one is named. */
export function startSession(ledger: Ledger, id: string, more: { run?: string; issue?: number; task?: string } = {}): SessionRecord {
  const run = more.run ?? startRun(ledger, `run-of-${id}`);
  return ledger.sessions.start({
    id,
    run,
    agent: 'dev',
    project: 'demo',
    task: more.task ?? 'implement',
    issue: more.issue ?? 7,
    title: 'Add a thing',
    pullRequest: null,
    backend: 'scripted',
    model: 'scripted-1',
    transcript: `/transcripts/${id}`,
    keyDigest: `digest-${id}`,
    at: at('00:01'),
  });
}

export const answer = (ledger: Ledger, id: string, state: 'answered' | 'failed' | 'cancelled' = 'answered'): void =>
  ledger.sessions.end(id, {
    state,
    failure: state === 'failed' ? 'wall' : null,
    usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 100, usd: 0.5 },
    at: at('00:02'),
  });

export const everyMinutes =
  (minutes: number): SettleRequest['due'] =>
  (after, until) => {
    const step = minutes * 60_000;
    const past: Date[] = [];
    let next = (Math.floor(after.getTime() / step) + 1) * step;
    for (; next <= until.getTime(); next += step) past.push(new Date(next));
    return { past, next: new Date(next) };
  };

/** A schedule `dev@demo`, by default every ten minutes with a grace of a minute, seen first at midnight. */
export function schedule(ledger: Ledger, policy: Partial<SchedulePolicy> = {}, due = everyMinutes(10)) {
  let runs = 0;
  const settle = (time: string, more: Partial<SettleRequest> = {}): Settled =>
    ledger.schedules.settle('dev@demo', {
      now: at(time),
      busy: false,
      policy: { overlap: 'skip', catchUp: { kind: 'latest' }, graceSeconds: 60, ...policy },
      due,
      firstSeen: at('00:00'),
      newRun: { id: `run-${++runs}`, agent: 'dev', project: 'demo', process: someone },
      ...more,
    });
  const end = (run: string, time: string): void => ledger.runs.end(run, { kind: 'idle', reason: 'nothing to do' }, at(time));
  /** Each occurrence in few words: `00:10 ran`, `00:20 into 00:30`, `00:30 waits`. */
  const story = (): readonly string[] => {
    const rows = ledger.schedules.occurrences({ since: new Date(0) });
    const time = (id: number): string =>
      rows
        .find((row) => row.id === id)
        ?.dueAt.toISOString()
        .slice(11, 16) ?? '?';
    return rows.map((row) => `${time(row.id)} ${row.end === null ? 'waits' : inWords(row.end, time)}`);
  };
  return { settle, end, story };
}

function inWords(end: NonNullable<ReturnType<Ledger['schedules']['occurrences']>[number]['end']>, time: (id: number) => string): string {
  if (end.kind === 'skipped') return `skipped: ${end.reason}`;
  if (end.kind === 'missed') return `missed by ${end.latenessSeconds} s: ${end.reason}`;
  return end.kind === 'coalesced' ? `into ${time(end.into)}` : end.kind;
}
