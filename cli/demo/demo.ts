import { systemClock } from '../../shared/clock/system.ts';
import { needGit } from '../need-git.ts';
import { checkDemoConfig } from './config.ts';
import { howToGoOn } from './end/go-on.ts';
import { hasWorkflows } from './end/own-tests.ts';
import { report } from './end/report.ts';
import { type Factory, startFactory } from './factory.ts';
import { type DemoFolder, readFolder } from './folder.ts';
import { checkKept } from './kept.ts';
import { lockFolder } from './lock.ts';
import { type DemoLayout, demoLayout } from './places.ts';
import type { DemoRequest } from './request.ts';
import { type DemoEvent, jsonTimeline, textTimeline, type Timeline } from './timeline.ts';
import { type Finish, watch } from './watch.ts';

const stuckSeconds = { scripted: 20, real: 600 } as const;

/** Runs the demo and answers its exit code. Throws `CliError` and the errors of the ports for what a person can mend. */
export async function runDemo(request: DemoRequest): Promise<number> {
  needGit();
  const folder = await readFolder(request.folder);
  const branch = 'main'; // whatever the given repository calls it
  checkDemoConfig(folder, request.harness, branch, folder.path);
  const layout = demoLayout(folder, request.keep);
  const unlock = lockFolder(layout.root);
  const stop = new AbortController();
  const timeline = request.json ? jsonTimeline(line) : textTimeline(line, systemClock.now(), process.stdout.isTTY);
  const signals = onSignals(stop);
  let finish: Finish | 'error' = 'error';
  try {
    checkKept(layout, folder);
    const result = await play({ request, folder, branch, layout, timeline, stop: stop.signal });
    finish = result.finish;
    return result.code;
  } finally {
    signals.dispose();
    unlock();
    const advice = finish === 'error' ? null : howToGoOn(request, finish, layout.root);
    if (advice !== null) process.stderr.write(`${advice}\n`);
    if (finish !== 'stopped') layout.discard();
  }
}

interface Play {
  readonly request: DemoRequest;
  readonly folder: DemoFolder;
  readonly branch: string;
  readonly layout: DemoLayout;
  readonly timeline: Timeline;
  readonly stop: AbortSignal;
}

async function play({ request, folder, branch, layout, timeline, stop }: Play): Promise<{ readonly finish: Finish; readonly code: number }> {
  const began = systemClock.monotonic();
  let progress = began;
  const onEvent = (event: DemoEvent): void => {
    if (event.kind !== 'run-started' && event.kind !== 'run-ended') progress = systemClock.monotonic();
    timeline.show(event);
  };
  timeline.note(`disinto works off ${folder.issues.length} issues of ${folder.name}${folder.playbook === null ? '' : ' with the scripted model'}`);
  const factory = await startFactory({ folder, layout, branch, harness: request.harness, onEvent });
  try {
    await warnOfNoCi(layout, factory, timeline);
    const finish = await watch({
      factory,
      clock: systemClock,
      forSeconds: request.forSeconds,
      stop,
      lastProgress: () => progress,
      stuckSeconds: folder.playbook === null ? stuckSeconds.real : stuckSeconds.scripted,
    });
    await factory.host.stop(finish === 'done' ? 10_000 : 0);
    const seconds = (systemClock.monotonic() - began) / 1000;
    const ok = await report({ json: request.json, keep: request.keep !== null, layout, factory, timeline, finish, seconds, stop, line });
    return stop.aborted ? { finish: 'stopped', code: 130 } : { finish, code: ok ? 0 : 1 };
  } finally {
    await factory.close(0);
  }
}

async function warnOfNoCi(layout: DemoLayout, factory: Factory, timeline: Timeline): Promise<void> {
  if (await hasWorkflows(layout, factory)) return;
  timeline.show({ at: systemClock.now(), kind: 'no-ci', who: 'demo', subject: null, data: { warning: 'no workflow: nothing is tested' } });
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

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}
