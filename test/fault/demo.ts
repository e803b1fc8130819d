import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Moment, momentVariable } from './moment.ts';

export const demoFolder = fileURLToPath(new URL('../fixtures/demos/kill', import.meta.url));
const program = fileURLToPath(new URL('../../bin/disinto', import.meta.url));
const killer = fileURLToPath(new URL('kill-at.ts', import.meta.url));

export interface Outcome {
  readonly number: number;
  readonly title: string;
  readonly origin: string;
  readonly state: string;
  readonly reason?: string;
  readonly ciRounds: number;
  readonly reviewRounds: number;
}

export interface Finished {
  readonly ok: boolean;
  readonly repository: string;
  readonly main: string;
  readonly issues: readonly Outcome[];
}

export interface Played {
  readonly killed: boolean;
  /** The last line, when it came to its end. */
  readonly finished: Finished | null;
  /** What it said last, to understand a failure. */
  readonly tail: string;
}

/** Runs the demo in `keep` until it ends or is killed: at a moment, or so many milliseconds after it began to work. */
export async function play(keep: string, kill: { readonly moment?: Moment; readonly afterMs?: number }): Promise<Played> {
  const { moment, afterMs } = kill;
  const env = { ...process.env, ...(moment === undefined ? {} : { NODE_OPTIONS: `--import=${killer}`, [momentVariable]: JSON.stringify(moment) }) };
  const child = spawn(program, ['demo', demoFolder, '--keep', keep, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (out += String(chunk)));
  const timer = afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs);
  const killed = await new Promise<boolean>((resolve) => child.on('close', (_code, signal) => resolve(signal === 'SIGKILL')));
  clearTimeout(timer);
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  return { killed, finished: last.startsWith('{"event":"finished"') ? (JSON.parse(last) as Finished) : null, tail: out.slice(-3000) };
}

/** Processes that still work in the folder after a short while in which dying ones may die; each as its command line. */
export async function leftIn(folder: string): Promise<readonly string[]> {
  for (let tries = 0; ; tries += 1) {
    const found = processesIn(folder);
    if (found.length === 0 || tries === 30) return found;
    await sleep(100);
  }
}

/** Processes that work in the folder, live in it or name it, each as its command line. */
export function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const belongs = [readlinkSync(`/proc/${pid}/cwd`), command, readFileSync(`/proc/${pid}/environ`, 'utf8')].some((text) => text.includes(folder));
      return belongs ? [`${pid} ${command}`] : [];
    } catch {
      return [];
    }
  });
}
