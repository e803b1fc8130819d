import type { Sha } from '#domain/sha';
import { systemClock } from '../../../shared/clock/system.ts';
import type { Factory } from '../factory.ts';
import { type IssueOutcome, readOutcomes } from '../outcome.ts';
import type { DemoLayout } from '../places.ts';
import type { Timeline } from '../timeline.ts';
import type { Finish } from '../watch.ts';
import { runOwnTests } from './own-tests.ts';
import { secondsPerIssue } from './seconds.ts';
import { renderTable } from './table.ts';

export interface Report {
  readonly json: boolean;
  readonly keep: boolean;
  readonly layout: DemoLayout;
  readonly factory: Factory;
  readonly timeline: Timeline;
  readonly finish: Finish;
  readonly seconds: number;
  readonly stop: AbortSignal;
  readonly line: (text: string) => void;
}

/** The table, then the repository's own tests on what was merged, then the last JSON line. True when every given issue has its end. */
export async function report(parts: Report): Promise<boolean> {
  const { factory, layout, timeline, finish, line, stop } = parts;
  const outcomes = await readOutcomes(factory);
  const main = await factory.git.resolve(`refs/heads/${factory.project.branch}`);
  const settled = finish === 'done' && outcomes.every((o) => o.origin === 'follow-up' || o.state !== 'open');
  if (finish !== 'stopped') {
    timeline.note(`\n${renderTable(outcomes, secondsPerIssue(factory.ledger))}\n`);
    timeline.note(summary(outcomes, finish, parts.seconds));
    for (const open of outcomes.filter((o) => o.state === 'open' && o.reason !== undefined)) timeline.note(`#${open.number} stays open: ${open.reason}`);
    if (main !== null) await ownTests(parts, main);
  }
  const ok = settled && !stop.aborted;
  if (parts.json) line(JSON.stringify({ event: 'finished', ok, repository: layout.repository, main, issues: outcomes }));
  else if (parts.keep && finish !== 'stopped')
    timeline.note(`Kept in ${layout.root}; the merged code is the branch ${factory.project.branch} of ${layout.repository}`);
  return ok;
}

/** Tells how they ended; the issues alone decide about the demo. */
async function ownTests({ json, layout, factory, timeline, line, stop }: Report, main: Sha): Promise<void> {
  const tests = await runOwnTests(layout, factory, main, json ? () => {} : line, stop);
  if (tests === null) return;
  const kind = tests.failures.length === 0 ? 'main-green' : 'main-red';
  timeline.show({ at: systemClock.now(), kind, who: 'demo', subject: null, data: { branch: factory.project.branch, main, ...tests } });
}

function summary(outcomes: readonly IssueOutcome[], finish: Finish, seconds: number): string {
  const count = (state: IssueOutcome['state']): number => outcomes.filter((o) => o.state === state && o.origin === 'given').length;
  const text = `${count('merged')} merged, ${count('closed')} closed, ${count('parked')} parked, ${count('open')} open in ${seconds.toFixed(1)} s`;
  const why = { done: '', stopped: '', stuck: '; nothing moves any more', time: '; the time is over' }[finish];
  return `${text}${why}`;
}
