import { readFileSync, readdirSync } from 'node:fs';

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startTicks: number;
}

/** Variable that marks what belongs to one of our processes where no namespace can hold it together. */
export const markName = 'DISINTO_PROCESS';

/** Living children of a process, oldest first. Empty where there is no /proc. */
export function childrenOf(pid: number): readonly number[] {
  return listProcesses()
    .filter((entry) => entry.parent === pid)
    .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)
    .map((entry) => entry.pid);
}

/**
 * Everything that belongs to `root` by parentage, by process group or session, or because it inherited the mark: a process that
 * left its parent and its session is still found by the mark. `root` itself is included while it lives.
 */
export function belongingTo(root: number, mark: string): readonly number[] {
  const entries = listProcesses();
  const found = new Set<number>([root]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const entry of entries) if (found.has(entry.parent)) found.add(entry.pid);
  }
  for (const entry of entries) {
    if (entry.group === root || entry.session === root || carries(entry.pid, mark)) found.add(entry.pid);
  }
  return entries.map((entry) => entry.pid).filter((pid) => found.has(pid) && pid !== process.pid);
}

/** Sends a signal; a process that is gone already is fine. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or not ours: nothing to do either way.
  }
}

function listProcesses(): readonly Entry[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? readEntry(name) : []));
  } catch {
    return [];
  }
}

function readEntry(pid: string): readonly Entry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name may hold spaces and brackets: fields count from the last bracket.
    const [state, parent, group, session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(session), startTicks: Number(rest[15]) }];
  } catch {
    return [];
  }
}

function carries(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${markName}=${mark}`);
  } catch {
    return false;
  }
}
