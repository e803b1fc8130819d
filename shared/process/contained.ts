import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '#clock/system';
import type { ProcessRequest, ProcessResult, RunningProcess } from './process.ts';
import { findContainment, isExecutable, type Containment } from './containment.ts';
import { splitLines } from './lines.ts';
import { belongingTo, childrenOf, markName, signalTo } from './tree.ts';

const defaultLineBytes = 1024 * 1024;
const defaultGraceMs = 2000;

/**
 * Starts a command that dies with us (even by kill -9) and takes its descendants along: when it ends by itself, nothing of what
 * it started outlives it. Never throws; a command that cannot start says so in its result.
 */
export function startProcess(request: ProcessRequest, containment: Containment = findContainment()): RunningProcess {
  const problem = findProblem(request);
  if (problem !== null) return neverStarted(problem);
  const mark = randomBytes(12).toString('hex');
  const opened = openInput(request.stdinFile);
  if (typeof opened === 'string') return neverStarted(opened);
  const child = launch(request, containment, mark, opened);
  if (opened !== null) closeSync(opened);
  return supervise(child, request, containment.kind === 'namespace' ? inNamespace(child) : byParentage(child, mark));
}

/** What `supervise` needs to know about the kind of containment. */
interface Tree {
  /** SIGTERM to the command itself; false when it could not be found. */
  terminate(): boolean;
  killAll(): void;
  /** After the command ended by itself: ends what it left behind. */
  sweep(): void;
}

function launch(request: ProcessRequest, containment: Containment, mark: string, stdin: number | null): ChildProcess {
  const prefix = request.sight === undefined ? null : (containment.hiding?.(request.sight, request.cwd) ?? null);
  const [command = request.command, ...args] = [...(prefix ?? containment.prefix), request.command, ...request.args];
  return spawn(command, args, {
    cwd: request.cwd,
    env: containment.kind === 'namespace' ? request.env : { ...request.env, [markName]: mark },
    stdio: [stdin ?? 'ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C at the terminal reaches us alone, and we decide how children end.
    detached: true,
  });
}

function supervise(child: ChildProcess, request: ProcessRequest, tree: Tree): RunningProcess {
  let ended: ProcessResult['ended'] = null;
  let exited = false;
  const cancels: (() => void)[] = [];
  const endAll = (): void => {
    if (!exited) tree.killAll();
  };
  const end = (why: 'wall' | 'aborted', graceMs: number): void => {
    if (exited) return;
    const first = ended === null;
    ended ??= why;
    if ((first && !tree.terminate()) || graceMs <= 0) endAll();
    else cancels.push(systemClock.after(graceMs, endAll));
  };
  const abort = (): void => end('aborted', request.graceMs ?? defaultGraceMs);
  const done = whenDone(child, request, () => {
    exited = true;
    for (const cancel of cancels) cancel();
    request.signal?.removeEventListener('abort', abort);
    tree.sweep();
  }).then((exit) => ({ ...exit, ended }));
  if (request.wallSeconds !== undefined) cancels.push(systemClock.after(request.wallSeconds * 1000, () => end('wall', request.graceMs ?? defaultGraceMs)));
  request.signal?.addEventListener('abort', abort, { once: true });
  if (request.signal?.aborted === true) abort();
  const stop = async (graceMs: number): Promise<void> => {
    end('aborted', graceMs);
    await done;
  };
  return { pid: child.pid ?? 0, done, stop };
}

function whenDone(child: ChildProcess, request: ProcessRequest, onExit: () => void): Promise<Omit<ProcessResult, 'ended'>> {
  for (const name of ['stdout', 'stderr'] as const) {
    const splitter = splitLines(request.maxLineBytes ?? defaultLineBytes, (line) => request.onLine?.(line, name));
    child[name]?.on('data', (chunk: Buffer) => splitter.push(chunk)).on('end', () => splitter.end());
  }
  return new Promise((settle) => {
    let left = (): void => {};
    child.on('error', (error) => {
      onExit();
      settle({ exitCode: 127, signal: null, spawnError: `Cannot start ${request.command}: ${error.message}` });
    });
    child.on('exit', () => {
      onExit();
      // Whatever escaped the sweep and still holds the pipes must not keep us waiting.
      left = systemClock.after(1000, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    });
    child.on('close', (exitCode, signal) => {
      left();
      settle({ exitCode, signal, spawnError: null });
    });
  });
}

/** The child is `unshare`; its only child is the init of the namespace, whose oldest child is the command. */
function inNamespace(child: ChildProcess): Tree {
  const initPid = (): number | undefined => (child.pid === undefined ? undefined : childrenOf(child.pid)[0]);
  return {
    terminate: () => {
      const init = initPid();
      const command = init === undefined ? undefined : childrenOf(init)[0];
      if (command !== undefined) signalTo(command, 'SIGTERM');
      return command !== undefined;
    },
    killAll: () => {
      const init = initPid();
      // The kernel ends the whole namespace before `unshare` sees its init gone, so the exit that we see means that all is gone.
      if (init !== undefined) signalTo(init, 'SIGKILL');
      else child.kill('SIGKILL');
    },
    sweep: () => {},
  };
}

function byParentage(child: ChildProcess, mark: string): Tree {
  const root = child.pid ?? 0;
  const killAll = (): void => {
    // A process may fork while we look: again until nothing is left, but not for ever.
    for (let tries = 0; tries < 10; tries += 1) {
      const found = root === 0 ? [] : belongingTo(root, mark);
      for (const pid of found) signalTo(pid, 'SIGKILL');
      if (found.length === 0) break;
    }
    if (root !== 0) signalTo(-root, 'SIGKILL');
  };
  return { terminate: () => child.kill('SIGTERM'), killAll, sweep: killAll };
}

function neverStarted(problem: string): RunningProcess {
  const result = { exitCode: 127, signal: null, ended: null, spawnError: problem };
  return { pid: 0, done: Promise.resolve(result), stop: () => Promise.resolve() };
}

function findProblem(request: ProcessRequest): string | null {
  if (!isFolder(request.cwd)) return `Cannot start ${request.command}: there is no folder ${request.cwd}.`;
  const found = request.command.includes('/')
    ? isExecutable(resolve(request.cwd, request.command))
    : (request.env['PATH'] ?? '/usr/bin:/bin').split(':').some((folder) => isExecutable(resolve(request.cwd, folder, request.command)));
  return found ? null : `Cannot start ${request.command}: no such command. Install it or correct its path.`;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function openInput(file: string | undefined): number | null | string {
  if (file === undefined) return null;
  try {
    return openSync(file, 'r');
  } catch (error) {
    return `Cannot read ${file} as standard input: ${error instanceof Error ? error.message : String(error)}`;
  }
}
