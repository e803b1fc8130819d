import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { systemClock } from '../shared/clock/system.ts';
import type { Figure } from './figure.ts';
import { noteIssue, writeFolder } from './folder.ts';
import { startKept, untilIdle } from './idle-factory.ts';
import { type ProcessUse, readUse } from './processes.ts';

const seconds = 25;
const lazy = ['dev', 'reviewer', 'merger'].map((name) => `[agents.${name}]\nschedule = { every = "300s" }\n`).join('\n');

/** Memory and processor of the whole embedded factory in one process while its folder is worked off. */
export async function measureFootprint(root: string): Promise<readonly Figure[]> {
  const note = noteIssue(1);
  const draft = { issues: [{ title: note.title }], playbook: [note.entry] };
  const often = await writeFolder(join(root, 'notes'), draft);
  await writeFolder(join(root, 'lazy', 'notes'), { ...draft, config: lazy });
  const kept = join(root, 'kept');
  const factory = await startKept(often, kept);
  await untilIdle(factory, 3000);
  await factory.close(0);
  const bare = await useOf([process.execPath, '-e', 'setInterval(() => {}, 1000); console.log("ready")']);
  const child = join(import.meta.dirname, 'footprint-child.ts');
  return [
    ...figures('looking every 5 s', await useOf([process.execPath, child, often.path, kept]), bare, true),
    ...figures('default schedules', await useOf([process.execPath, child, join(root, 'lazy', 'notes'), kept]), bare, true),
  ];
}

interface Use {
  readonly megabytes: number;
  readonly percent: number;
}

function figures(name: string, use: Use, bare: Use, wanted: boolean): readonly Figure[] {
  const held = (holds: boolean): boolean | null => (wanted ? holds : null);
  return [
    {
      name: `idle factory, ${name}: memory`,
      value: use.megabytes,
      unit: 'MB',
      reference: { name: 'a bare Node process', value: bare.megabytes },
      wanted: '≤ 200 MB',
      holds: held(use.megabytes <= 200),
    },
    {
      name: `idle factory, ${name}: processor`,
      value: use.percent,
      unit: '% of a core',
      reference: { name: 'a bare Node process', value: bare.percent },
      wanted: '< 0.5 %',
      holds: held(use.percent < 0.5),
    },
  ];
}

/** Starts a command, waits until it says `ready`, and watches it rest. */
async function useOf([command = '', ...args]: readonly string[]): Promise<Use> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await ready(child);
    const before = readUse(child.pid ?? 0);
    const began = systemClock.monotonic();
    await systemClock.sleep(seconds * 1000);
    const after = readUse(child.pid ?? 0);
    return { megabytes: after.residentBytes / 1024 / 1024, percent: percentOf(before, after, systemClock.monotonic() - began) };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

function percentOf(before: ProcessUse, after: ProcessUse, milliseconds: number): number {
  return ((after.cpuSeconds - before.cpuSeconds) * 100_000) / milliseconds;
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the process to be measured ended with ${String(code)}`)));
  });
}
