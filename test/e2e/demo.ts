import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

/** One issue of the last JSON line. */
export interface Outcome {
  readonly number: number;
  readonly title: string;
  readonly origin: 'given' | 'follow-up';
  readonly state: 'merged' | 'closed' | 'parked' | 'open';
  readonly reason?: string;
  readonly pr?: number;
  readonly mergeCommit?: string;
  readonly ciRounds: number;
  readonly reviewRounds: number;
  readonly tokens: number;
}

/** The last JSON line. */
export interface Finished {
  readonly event: 'finished';
  readonly ok: boolean;
  readonly repository: string;
  readonly main: string;
  readonly issues: readonly Outcome[];
}

export type DemoLine = Readonly<Record<string, unknown>> & { readonly event: string };

export interface Expected {
  readonly number: number;
  readonly state: Outcome['state'];
  /** Slug of the reason. */
  readonly reason?: string;
  readonly ciRounds: number;
  readonly reviewRounds: number;
}

export interface Expectation {
  readonly minimumMerges: number;
  readonly issues: readonly Expected[];
}

export interface Call {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real `bin/disinto`. After `seconds` the call is ended with all that it started, and the promise rejects. */
export function disinto(args: readonly string[], options: { readonly seconds?: number; readonly onLine?: (line: string) => void } = {}): Promise<Call> {
  return new Promise((done, failed) => {
    const child = spawn(join(root, 'bin', 'disinto'), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
    const seconds = options.seconds ?? 30;
    let [out, err, rest, late] = ['', '', '', false];
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    }, seconds * 1000);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    });
    child.on('error', failed);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (late) failed(new Error(`disinto ${args.join(' ')} did not end within ${seconds} s:\n${out.slice(-4000)}\n${err.slice(-2000)}`));
      else done({ code, out, err });
    });
  });
}

export interface DemoRun {
  readonly code: number | null;
  readonly lines: readonly DemoLine[];
  readonly finished: Finished;
}

/** Runs a demo with `--json`; every line of its standard output must be one JSON object. */
export async function runDemo(
  folder: string,
  keep: string,
  options: { readonly more?: readonly string[]; readonly seconds?: number; readonly onLine?: (line: DemoLine) => void } = {},
): Promise<DemoRun> {
  const lines: DemoLine[] = [];
  const wrong: string[] = [];
  const onLine = (text: string): void => {
    try {
      const line = JSON.parse(text) as DemoLine;
      lines.push(line);
      options.onLine?.(line);
    } catch {
      wrong.push(text);
    }
  };
  const { code, err } = await disinto(['demo', folder, '--json', '--keep', keep, ...(options.more ?? [])], { seconds: options.seconds ?? 150, onLine });
  if (wrong.length > 0) throw new Error(`standard output holds what is no JSON: ${wrong.join('\n').slice(0, 1000)}`);
  const last = lines.at(-1);
  if (last?.event !== 'finished')
    throw new Error(`the last line is not "finished" but ${JSON.stringify(last)}; exit code ${code}, standard error: ${err.slice(-2000)}`);
  return { code, lines, finished: last as unknown as Finished };
}

export function readExpectation(folder: string): Expectation {
  return parse(readFileSync(join(folder, 'expect.yaml'), 'utf8')) as Expectation;
}

/** What `expect.yaml` speaks of, of every given issue. */
export function inShort(issues: readonly Outcome[]): readonly Expected[] {
  return issues
    .filter((issue) => issue.origin === 'given')
    .map(({ number, state, reason, ciRounds, reviewRounds }) => ({
      number,
      state,
      ...(reason === undefined ? {} : { reason: slugOf(reason) }),
      ciRounds,
      reviewRounds,
    }));
}

export function slugOf(reason: string): string {
  return reason.split(':', 1)[0] ?? '';
}
