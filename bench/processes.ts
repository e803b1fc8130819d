import { readFileSync } from 'node:fs';

/** What the kernel says about a process, without asking it. Linux only. */
export interface ProcessUse {
  readonly residentBytes: number;
  /** Its own and that of children it has waited for, in seconds. */
  readonly cpuSeconds: number;
}

const ticksPerSecond = 100;

export function readUse(pid: number): ProcessUse {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in parentheses and may hold anything; fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
  return { residentBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024, cpuSeconds: ticks / ticksPerSecond };
}

/** Whether a descendant of this process runs `program` (its first argument) on a file whose path contains `script`. */
export function isRunning(program: string, script: string): boolean {
  return descendants(process.pid).some((pid) => {
    const [first = '', ...rest] = read(`/proc/${pid}/cmdline`).split('\0');
    return first === program && rest.some((word) => word.includes(script));
  });
}

function descendants(pid: number): readonly number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
  return [...children, ...children.flatMap(descendants)];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
