import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
/** The examples' checks need the Node that their workflows name; with an older one `node --test` finds no TypeScript, and is green. */
const path = [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter);

export interface Running {
  readonly output: () => string;
  /** Resolves to what matched; rejects when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly alive: () => boolean;
  /** SIGTERM, and SIGKILL when it does not end. Resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the real `bin/disinto`, to be stopped by the caller. */
export function startDisinto(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(join(root, 'bin', 'disinto'), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: path, NO_COLOR: '1', ...env },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    output: () => output,
    alive: () => child.exitCode === null && child.signalCode === null,
    until: (pattern) => untilMatch(child, () => output, pattern),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
  };
}

function untilMatch(child: ChildProcess, output: () => string, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = pattern.exec(output());
      if (found === null) return;
      child.stdout?.off('data', look).off('end', gone);
      child.stderr?.off('data', look);
      resolve(found);
    };
    const gone = (): void => reject(new Error(`the process ended without ${String(pattern)}:\n${output().slice(-3000)}`));
    child.stdout?.on('data', look).on('end', gone);
    child.stderr?.on('data', look);
    look();
  });
}
