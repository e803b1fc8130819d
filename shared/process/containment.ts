import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

/**
 * How a command is wrapped. `namespace`: a PID namespace holds the whole tree; the end of its init, or of us, ends everything.
 * `none`: parentage, process group and a mark in the environment hold it together, and only what we do ends it.
 */
export interface Containment {
  readonly kind: 'namespace' | 'none';
  /** Goes before the command: an absolute path and its arguments. Empty when the machine has no tool for it. */
  readonly prefix: readonly string[];
}

// The init of a namespace must pass exit codes on and reap orphans; with an `exit` after it, a shell does not replace itself.
const init = ['/bin/sh', '-c', '"$@"; exit $?', 'sh'] as const;

let known: Containment | null = null;

/** The strongest containment that works on this machine, tried once per process with `true`. */
export function findContainment(): Containment {
  known ??= candidates().find((candidate) => works(candidate)) ?? { kind: 'none', prefix: [] };
  return known;
}

function candidates(): readonly Containment[] {
  const setpriv = findTool('setpriv');
  const unshare = findTool('unshare');
  const dieWithUs = setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  const namespace = ['--user', '--map-current-user', '--pid', '--fork', '--kill-child'];
  return [
    ...(unshare === null || setpriv === null
      ? []
      : [
          { kind: 'namespace' as const, prefix: [...dieWithUs, unshare, ...namespace, '--mount-proc', ...init] },
          // Where /proc is masked (many containers) it cannot be mounted again; the tree is held just the same.
          { kind: 'namespace' as const, prefix: [...dieWithUs, unshare, ...namespace, ...init] },
        ]),
    { kind: 'none', prefix: dieWithUs },
  ];
}

function works(candidate: Containment): boolean {
  const [command, ...args] = [...candidate.prefix, '/bin/true'];
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
