import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startProcess } from './contained.ts';
import { findContainment, type Containment } from './containment.ts';
import type { ProcessRequest, ProcessResult } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'disinto-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
const strongest = findContainment();
const kinds: readonly (readonly [string, Containment])[] = [
  [`the strongest of this machine (${strongest.kind})`, strongest],
  ['without namespaces', { kind: 'none', prefix: [], hiding: null }],
];
let count = 0;

/** A sleeping time that no other test uses: what carries it in its command line is ours. */
const unique = (): string => `${3000 + (process.pid % 1000)}.${(count += 1)}${process.pid}`;
const living = (word: string): number => {
  const lines = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => readCommand(pid));
  return lines.filter((line) => line.startsWith('sleep\0') && line.includes(word)).length;
};
const readCommand = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((wake) => setTimeout(wake, 10));
  expect(holds()).toBe(true);
};
const collect = async (request: Partial<ProcessRequest>, containment?: Containment): Promise<ProcessResult & { readonly lines: readonly string[] }> => {
  const lines: string[] = [];
  const running = startProcess(
    { command: 'bash', args: [], cwd: folder, env, onLine: (line, stream) => lines.push(`${stream}: ${line}`), ...request },
    containment,
  );
  return { ...(await running.done), lines };
};

describe.each(kinds)('%s', (_, containment) => {
  const bash = (script: string, more: Partial<ProcessRequest> = {}) => collect({ args: ['-c', script], ...more }, containment);
  const start = (script: string, more: Partial<ProcessRequest> = {}) =>
    startProcess({ command: 'bash', args: ['-c', script], cwd: folder, env, ...more }, containment);

  it('hands over lines, the exit code and an environment made from nothing', async () => {
    const result = await bash(`echo out; echo err >&2; env | grep -c "^VITEST"; exit 3`);
    expect(result).toMatchObject({ exitCode: 3, ended: null, spawnError: null });
    expect([...result.lines].sort()).toEqual(['stderr: err', 'stdout: 0', 'stdout: out']);
  });

  it('passes arguments as they are', async () => {
    const result = await collect({ command: 'printf', args: ['%s|', 'a b', '"$HOME"', '*', ''] }, containment);
    expect(result.lines).toEqual(['stdout: a b|"$HOME"|*||']);
  });

  it('closes standard input, or reads it from a file', async () => {
    writeFileSync(join(folder, 'in.txt'), 'from a file\n');
    expect((await collect({ command: 'cat' }, containment)).lines).toEqual([]);
    expect((await collect({ command: 'cat', stdinFile: join(folder, 'in.txt') }, containment)).lines).toEqual(['stdout: from a file']);
  });

  it('tells the command to end, and hears its last words', async () => {
    const words: string[] = [];
    const running = start('trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.02; done', { onLine: (line) => words.push(line) });
    await until(() => words.includes('up'));
    await running.stop(5000);
    expect(words).toEqual(['up', 'bye']);
    expect(await running.done).toMatchObject({ exitCode: 5, ended: 'aborted' });
  });

  it('kills a command that ignores SIGTERM, with its detached grandchild', async () => {
    const word = unique();
    const running = start(`trap "" TERM; setsid sleep ${word} & setsid setsid sleep ${word} >/dev/null 2>&1 & sleep ${word}`);
    await until(() => living(word) === 3);
    await running.stop(30);
    await until(() => living(word) === 0);
    expect((await running.done).ended).toBe('aborted');
  });

  it('leaves nothing behind when the command ends by itself', async () => {
    const word = unique();
    const result = await bash(`(setsid sleep ${word} >/dev/null 2>&1 &); setsid sleep ${word} & sleep 0.05; exit 4`);
    expect(result.exitCode).toBe(4);
    await until(() => living(word) === 0);
  });

  it('ends by the wall limit and by the signal', async () => {
    expect(await bash('sleep 60', { wallSeconds: 0.05, graceMs: 1000 })).toMatchObject({ ended: 'wall' });
    expect(await bash('sleep 60', { signal: AbortSignal.timeout(50) })).toMatchObject({ ended: 'aborted' });
    expect(await bash('sleep 60', { signal: AbortSignal.abort() })).toMatchObject({ ended: 'aborted' });
  });

  it('a second stop without grace hastens the first', async () => {
    const words: string[] = [];
    const running = start('trap "" TERM; echo up; sleep 60', { onLine: (line) => words.push(line) });
    await until(() => words.includes('up'));
    void running.stop(60_000);
    await running.stop(0);
    await running.stop(0);
    expect((await running.done).ended).toBe('aborted');
  });

  it('says why a command cannot start', async () => {
    expect(await collect({ command: 'no-such-command-here' }, containment)).toMatchObject({
      exitCode: 127,
      spawnError: expect.stringContaining('no such command'),
    });
    expect(await collect({ cwd: join(folder, 'gone') }, containment)).toMatchObject({
      exitCode: 127,
      spawnError: expect.stringContaining('there is no folder'),
    });
    expect(await collect({ command: 'cat', stdinFile: join(folder, 'gone') }, containment)).toMatchObject({
      spawnError: expect.stringContaining('standard input'),
    });
  });

  it('cuts endless lines instead of filling memory', async () => {
    const result = await bash('head -c 5000000 /dev/zero | tr "\\0" x; echo; echo next', { maxLineBytes: 1000 });
    expect(result.lines.map((line) => line.length)).toEqual(['stdout: '.length + 1000 + '… [4999000 more bytes cut]'.length, 'stdout: next'.length]);
  });
});

it('kill -9 of our own process takes the whole tree along', async () => {
  const word = unique();
  const script = join(folder, 'parent.ts');
  const face = join(import.meta.dirname, 'contained.ts');
  const request = { command: 'bash', args: ['-c', `setsid sleep ${word} & trap "" TERM; sleep ${word}`], cwd: folder, env };
  writeFileSync(script, `import { startProcess } from ${JSON.stringify(face)};\nstartProcess(${JSON.stringify(request)});\n`);
  const parent = spawn(process.execPath, [script], { stdio: 'inherit' });
  await until(() => living(word) === 2);
  parent.kill('SIGKILL');
  await until(() => living(word) === 0);
});
