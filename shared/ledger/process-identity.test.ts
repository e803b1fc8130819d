import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { fromStat, isProcessAlive, thisProcess } from './process-identity.ts';

describe('the identity of a process', () => {
  const self = thisProcess();

  it('is the same on every call, and alive', () => {
    expect(thisProcess()).toEqual(self);
    expect(isProcessAlive(self)).toBe(true);
  });

  it('L2: a pid that another process got does not count', () => {
    expect(isProcessAlive({ ...self, startTicks: `${self.startTicks}1` })).toBe(false);
  });

  it('is gone after a reboot, also when its pid and start time are there again', () => {
    expect(isProcessAlive({ ...self, boot: 'another' })).toBe(false);
  });

  it('is not judged from another host', () => {
    expect(isProcessAlive({ ...self, host: 'elsewhere', boot: 'another', pid: 1 })).toBe(true);
  });

  it('is gone when the process has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(isProcessAlive({ ...self, pid: child.pid ?? 0 })).toBe(false);
  });
});

describe("the kernel's line about a process", () => {
  const after = 'S 1 2 3 0 -1 4194304 102 0 0 0 0 0 0 0 20 0 1 0 137390 3133440';

  it('is read right when the command holds spaces and brackets', () => {
    expect(fromStat(`42 (node (deploy) x) ${after}`)).toEqual({ kind: 'alive', startTicks: '137390' });
  });

  it('shows a zombie as gone', () => {
    expect(fromStat(`42 (node) ${after.replace('S', 'Z')}`)).toEqual({ kind: 'gone' });
  });
});
