import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sight } from './process.ts';
import { hideFrom } from './sight.ts';

/**
 * How a command is wrapped. `namespace`: a PID namespace holds the whole tree; the end of its init, or of us, ends everything.
 * `none`: parentage, process group and a mark in the environment hold it together, and only what we do ends it.
 */
export interface Containment {
  readonly kind: 'namespace' | 'none';
  /** Goes before the command: an absolute path and its arguments. Empty when the machine has no tool for it. */
  readonly prefix: readonly string[];
  /** The same for a command that is not to see everything; null where this machine hides nothing from anyone. */
  readonly hiding: ((sight: Sight, cwd: string) => readonly string[]) | null;
}

// The init of a namespace must pass exit codes on and reap orphans; with an `exit` after it, a shell does not replace itself.
const init = ['/bin/sh', '-c', '"$@"; exit $?', 'sh'] as const;

let known: Containment | null = null;

/** The strongest containment that works on this machine, tried once per process with `true`. */
export function findContainment(): Containment {
  known ??= candidates().find((candidate) => works(candidate)) ?? { kind: 'none', prefix: [], hiding: null };
  return known;
}

function candidates(): readonly Containment[] {
  const setpriv = findTool('setpriv');
  const unshare = findTool('unshare');
  const dieWithUs = setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  const none: Containment = { kind: 'none', prefix: dieWithUs, hiding: null };
  if (unshare === null || setpriv === null) return [none];
  const namespace = [...dieWithUs, unshare, '--user', '--map-current-user', '--pid', '--fork', '--kill-child'];
  // Where /proc is masked (many containers) it cannot be mounted again; the tree is held just the same.
  const held = (...proc: readonly string[]): Containment => ({ kind: 'namespace', prefix: [...namespace, ...proc, ...init], hiding: null });
  const own = held('--mount-proc');
  const [mount, mkdir] = [findTool('mount'), findTool('mkdir')];
  if (mount === null || mkdir === null) return [own, held(), none];
  // Only with a /proc of its own: through that of the host a command sees what our process sees.
  const hiding: Containment['hiding'] = (sight, cwd) => [...namespace, '--keep-caps', '--mount-proc', ...hideFrom(sight, cwd, { mount, mkdir, setpriv })];
  return [{ ...own, hiding }, own, held(), none];
}

function works({ prefix, hiding }: Containment): boolean {
  return hiding === null ? succeeds([...prefix, '/bin/true']) : hides(hiding);
}

/** Tried with a folder of our own, which the command must find empty. */
function hides(hiding: NonNullable<Containment['hiding']>): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-hide-'));
  try {
    mkdirSync(join(folder, 'seen'));
    writeFileSync(join(folder, 'secret'), 'secret');
    const sight = { hidden: [folder], writable: [], readable: [join(folder, 'seen')] };
    return succeeds([...hiding(sight, '/'), '/bin/sh', '-c', 'test ! -e "$1/secret" && test -d "$1/seen"', 'sh', folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function succeeds([command, ...args]: readonly string[]): boolean {
  return command !== undefined && spawnSync(command, args, { stdio: 'ignore', env: {}, timeout: 5000 }).status === 0;
}

function findTool(name: string): string | null {
  return (
    ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin'].map((folder) => `${folder}/${name}`).find(isExecutable) ?? null
  );
}

/** Whether the file can be executed by us. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
