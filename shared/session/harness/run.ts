import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '#clock';
import type { ProcessResult, RunningProcess, Sight } from '#process';
import { startProcess } from '#process/contained';
import { SessionError } from '#session';
import { createBounds, type Bounds, type Reached } from './bounds.ts';
import { oneLine } from './failure.ts';
import type { Harness, HarnessEvent, HarnessResult, Judgement, Preparation, Program, RunRequest } from './harness.ts';
import type { Transcript } from './transcript.ts';

const graceMs = 3000;
const longestLine = 8 * 1024 * 1024;
const stderrLines = 5;

export interface RunContext {
  readonly program: Program;
  readonly sight: Sight;
  readonly clock: Clock;
  readonly transcript: Transcript;
  readonly signal: AbortSignal;
  readonly onEvent: (event: HarnessEvent) => void;
}

/**
 * Runs one conversation turn of a CLI to its end: environment from nothing, a HOME of its own, the prompt on standard input,
 * bounds counted by us, the whole process tree gone when it returns. What went wrong is in the result; throws `SessionError`
 * `disk` only.
 */
export async function runHarness(harness: Harness, request: RunRequest, context: RunContext): Promise<HarnessResult> {
  const preparation = harness.prepare(request);
  const promptFile = writeFiles(request, preparation);
  const reader = harness.createReader();
  const tail: string[] = [];
  const reached: Reached[] = [];
  let running: RunningProcess | null = null;
  const bounds = createBounds(context.clock, request.limits, request.prices, (first) => {
    reached.push(first);
    void running?.stop(graceMs);
  });
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr') return keepStderr(tail, line, context.transcript);
    bounds.alive();
    context.transcript.line(line);
    for (const event of reader.read(line)) {
      bounds.count(event);
      context.onEvent(event);
    }
  };
  context.transcript.note('prompt', request.prompt);
  running = startProcess({
    command: context.program.command,
    args: [...context.program.args, ...preparation.args],
    cwd: request.workspace,
    sight: context.sight,
    env: { ...request.env, HOME: request.home, GIT_TERMINAL_PROMPT: '0', ...preparation.env },
    stdinFile: promptFile,
    signal: context.signal,
    graceMs,
    maxLineBytes: longestLine,
    onLine,
  });
  const exit = await running.done;
  bounds.end();
  const judgement = reader.judge();
  const end = endOf({ exit, judgement, reached: reached[0], cancelled: context.signal.aborted, tail });
  context.transcript.note('ended', JSON.stringify({ end, exit, turns: bounds.turns(), usage: bounds.usage() }));
  return { end, text: judgement?.text ?? '', usage: usageOf(bounds, judgement), turns: bounds.turns() };
}

/** Why it ended, strongest cause first. The exit code decides nothing: pi says 0 for failures, claude for an interrupt. */
function endOf(of: {
  readonly exit: ProcessResult;
  readonly judgement: Judgement | null;
  readonly reached: Reached | undefined;
  readonly cancelled: boolean;
  readonly tail: readonly string[];
}): HarnessResult['end'] {
  const { exit, judgement, reached } = of;
  if (exit.spawnError !== null) return { ok: false, error: 'spawn', why: exit.spawnError };
  // It may have finished while we were about to stop it: a good end is a good end.
  if (judgement?.end.ok === true) return judgement.end;
  if (reached !== undefined) return { ok: false, ...reached };
  if (of.cancelled) return { ok: false, error: 'cancelled', why: 'stopped' };
  if (judgement !== null) return judgement.end;
  const said = oneLine(of.tail.join(' '));
  const how = exit.signal === null ? `exit code ${exit.exitCode ?? 'unknown'}` : exit.signal;
  return { ok: false, error: 'crash', why: `the CLI ended without a result (${how})${said === '' ? '' : `: ${said}`}` };
}

/** Prices of the configuration win; otherwise the CLI's own figure, if it has one. */
function usageOf(bounds: Bounds, judgement: Judgement | null): HarnessResult['usage'] {
  const usage = bounds.usage();
  return usage.usd === null ? { ...usage, usd: judgement?.usd ?? null } : usage;
}

function keepStderr(tail: string[], line: string, transcript: Transcript): void {
  transcript.note('stderr', line.slice(0, 4000));
  if (line.trim() === '') return;
  tail.push(line.slice(0, 400));
  if (tail.length > stderrLines) tail.shift();
}

function writeFiles({ home, prompt }: RunRequest, { files }: Preparation): string {
  const promptFile = join(home, 'prompt.md');
  try {
    for (const [name, content] of Object.entries({ ...files, 'prompt.md': prompt })) {
      mkdirSync(dirname(join(home, name)), { recursive: true, mode: 0o700 });
      writeFileSync(join(home, name), content, { mode: 0o600 });
    }
    return promptFile;
  } catch (error) {
    throw new SessionError('disk', `Cannot write into ${home}. Check that it is ours and has space.`, error);
  }
}
