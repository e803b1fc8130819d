import { systemClock } from '../../shared/clock/system.ts';
import { needGit } from '../need-git.ts';
import { checkDemoConfig } from './config.ts';
import { type Factory, startFactory } from './factory.ts';
import { type DemoFolder, readFolder } from './folder.ts';
import { lockFolder } from './lock.ts';
import { type IssueOutcome, readOutcomes } from './outcome.ts';
import { type DemoLayout, demoLayout } from './places.ts';
import { runOwnTests } from './own-tests.ts';
import { secondsPerIssue } from './seconds.ts';
import { renderTable } from './table.ts';
import { type DemoEvent, jsonTimeline, textTimeline, type Timeline } from './timeline.ts';
import { type Finish, watch } from './watch.ts';

export interface DemoRequest {
  readonly folder: string;
  readonly harness: 'pi' | 'claude' | null;
  readonly keep: string | null;
  readonly forSeconds: number | null;
  readonly json: boolean;
}

const stuckSeconds = { scripted: 20, real: 600 } as const;

/** Runs the demo and answers its exit code. Throws `CliError` and the errors of the ports for what a person can mend. */
export async function runDemo(request: DemoRequest): Promise<number> {
  const folder = await readFolder(request.folder);
  needGit();
  const branch = 'main'; // whatever the given repository calls it
  checkDemoConfig(folder, request.harness, branch, folder.path);
  const layout = demoLayout(folder, request.keep);
  const unlock = lockFolder(layout.root);
  const stop = new AbortController();
  const timeline = request.json ? jsonTimeline(line) : textTimeline(line, systemClock.now(), process.stdout.isTTY);
  const signals = onSignals(stop);
  let finish: Finish | 'error' = 'error';
  try {
    const result = await play(request, folder, branch, layout, timeline, stop.signal);
    finish = result.finish;
    return result.code;
  } finally {
    signals.dispose();
    unlock();
    if (finish === 'stopped') sayHowToGoOn(request, layout);
    else layout.discard();
  }
}

async function play(
  request: DemoRequest,
  folder: DemoFolder,
  branch: string,
  layout: DemoLayout,
  timeline: Timeline,
  stop: AbortSignal,
): Promise<{ readonly finish: Finish; readonly code: number }> {
  const began = systemClock.monotonic();
  let progress = began;
  const onEvent = (event: DemoEvent): void => {
    if (event.kind !== 'run-started' && event.kind !== 'run-ended') progress = systemClock.monotonic();
    timeline.show(event);
  };
  timeline.note(`disinto works off ${folder.issues.length} issues of ${folder.name}${folder.playbook === null ? '' : ' with the scripted model'}`);
  const factory = await startFactory({ folder, layout, branch, harness: request.harness, onEvent });
  let code = 1;
  try {
    const finish = await watch({
      factory,
      given: folder.issues.length,
      clock: systemClock,
      forSeconds: request.forSeconds,
      stop,
      lastProgress: () => progress,
      stuckSeconds: folder.playbook === null ? stuckSeconds.real : stuckSeconds.scripted,
    });
    await factory.host.stop(finish === 'done' ? 10_000 : 0);
    if (finish !== 'stopped') code = await report({ request, folder, layout, factory, timeline, finish, seconds: (systemClock.monotonic() - began) / 1000 });
    return { finish, code: finish === 'stopped' ? 130 : code };
  } finally {
    await factory.close(0);
  }
}

interface Report {
  readonly request: DemoRequest;
  readonly folder: DemoFolder;
  readonly layout: DemoLayout;
  readonly factory: Factory;
  readonly timeline: Timeline;
  readonly finish: Finish;
  readonly seconds: number;
}

/** The table or the last JSON line, then the repository's own tests on what was merged. */
async function report({ request, folder, layout, factory, timeline, finish, seconds }: Report): Promise<number> {
  const outcomes = await readOutcomes({ ...factory, given: folder.issues.length });
  const main = await factory.git.resolve(`refs/heads/${factory.project.branch}`);
  const settled = finish === 'done' && outcomes.every((o) => o.origin === 'follow-up' || o.state !== 'open');
  if (!request.json) {
    timeline.note(`\n${renderTable(outcomes, secondsPerIssue(factory.ledger))}\n`);
    timeline.note(summary(outcomes, finish, seconds));
  }
  const tests = main === null ? null : await runOwnTests(layout, factory, main, request.json ? () => {} : line);
  const ok = settled && tests !== false;
  if (request.json) line(JSON.stringify({ event: 'finished', ok, repository: layout.repository, main, issues: outcomes }));
  else if (request.keep !== null) timeline.note(`Kept in ${layout.root}; the merged code is the branch ${factory.project.branch} of ${layout.repository}`);
  return ok ? 0 : 1;
}

function summary(outcomes: readonly IssueOutcome[], finish: Finish, seconds: number): string {
  const count = (state: IssueOutcome['state']): number => outcomes.filter((o) => o.state === state && o.origin === 'given').length;
  const text = `${count('merged')} merged, ${count('closed')} closed, ${count('parked')} parked, ${count('open')} open in ${seconds.toFixed(1)} s`;
  const why = { done: '', stopped: '', stuck: '; nothing moves any more', time: '; the time is over' }[finish];
  return `${text}${why}`;
}

/** The first signal lets the steps end, the second one kills. */
function onSignals(stop: AbortController): { dispose(): void } {
  const handle = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.kill(process.pid, 'SIGKILL');
    process.stderr.write(`\n${signal}: stopping; once more kills\n`);
    stop.abort(new Error('stopped'));
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    dispose: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}

function sayHowToGoOn(request: DemoRequest, layout: DemoLayout): void {
  process.stderr.write(`Stopped; nothing is lost. Go on with: disinto demo ${request.folder} --keep ${layout.root}\n`);
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}
