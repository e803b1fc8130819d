import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess } from './contained.ts';
import { findContainment } from './containment.ts';
import type { Sight } from './process.ts';

let root: string;
let data: string;
let workspace: string;
let objects: string;
let token: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'disinto sight $(id)-'));
  [data, workspace, objects] = [join(root, 'data'), join(root, 'data', 'workspaces', 'one'), join(root, 'data', 'git', 'x.git', 'objects')];
  for (const folder of [workspace, objects, join(root, 'secrets'), join(data, 'forge')]) mkdirSync(folder, { recursive: true });
  token = join(root, 'key');
  writeFileSync(join(workspace, 'work.txt'), 'work');
  writeFileSync(join(objects, 'object'), 'object');
  writeFileSync(join(data, 'ledger.sqlite'), 'ledger');
  for (const file of [join(root, 'secrets', 'dev.token'), token]) writeFileSync(file, 'canary');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const session = (): Sight => ({ hidden: [data, join(root, 'secrets'), token, join(root, 'missing')], writable: [workspace], readable: [objects] });
const bash = async (script: string, sight: Sight = session(), cwd = workspace) => {
  const lines: string[] = [];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
  const end = await startProcess({ command: 'bash', args: ['-c', script, 'bash', root], cwd, env, sight, onLine: (line) => lines.push(line) }).done;
  return { ...end, lines };
};

const hides = findContainment().hiding !== null;

it(`hides ${hides ? 'what it is told' : 'nothing, and starts the command all the same,'} on this machine`, async () => {
  const { lines } = await bash('cat "$1/key"; echo; pwd');
  expect(lines).toEqual(hides ? ['', workspace] : ['canary', workspace]);
});

// Not skipped where nothing can be hidden, but not there: a test that did not run counts as failed.
describe.each(hides ? ['what a command does not see'] : [])('%s', () => {
  it('is everything in a hidden folder but what is shown there, and the content of a hidden file', async () => {
    const { lines } = await bash('cd "$1" && find . -type f | sort && cat key');
    expect(lines).toEqual(['./data/git/x.git/objects/object', './data/workspaces/one/work.txt', './key']);
  });

  it('leaves the workspace as it is: it is written in place, from where the command starts', async () => {
    const { exitCode, lines } = await bash('pwd; echo more >> work.txt; ls ..');
    expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [workspace, 'one'] });
    expect(readFileSync(join(workspace, 'work.txt'), 'utf8')).toBe('workmore\n');
  });

  it('cannot be changed either: borrowed objects are read only, and what is written beside them is nowhere', async () => {
    const { exitCode } = await bash('echo x > "$1/data/git/x.git/objects/new"');
    expect(exitCode).not.toBe(0);
    await bash('mkdir -p "$1/data/forge/x.git" "$1/secrets"; echo x > "$1/data/forge/x.git/HEAD"; echo x > "$1/secrets/dev.token"; echo x > "$1/key"');
    expect(existsSync(join(data, 'forge', 'x.git'))).toBe(false);
    expect(existsSync(join(objects, 'new'))).toBe(false);
    expect([join(root, 'secrets', 'dev.token'), token].map((file) => readFileSync(file, 'utf8'))).toEqual(['canary', 'canary']);
  });

  it('does not come back: not by unmounting, in namespaces of its own, by another process, or by a handle from before', async () => {
    const tries = [
      'umount -l "$1/secrets"',
      'unshare -Urm umount -l "$1/secrets"',
      'unshare -Urm --propagation shared sh -c \'umount -l "$1"\' sh "$1/data"',
      'nsenter -t 1 -m cat "$1/secrets/dev.token"',
      'cat /proc/1/root"$1/secrets/dev.token"',
      'cat /proc/1/cwd/../../../secrets/dev.token',
      'cat ../../../secrets/dev.token',
      'for fd in /proc/self/fd/*; do ls "$fd/secrets" 2>/dev/null; cat "$fd/../ledger.sqlite"; done',
      'for pid in /proc/[0-9]*; do cat "$pid/root$1/secrets/dev.token"; done',
    ];
    const { lines } = await bash(`${tries.map((each) => `{ ${each}; }`).join('\n')}\ncat "$1"/secrets/* "$1/data/ledger.sqlite" "$1/key"; echo end`);
    expect(lines.filter((line) => /^(?:canary|ledger|dev\.token)/.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe('end');
  });

  it('stays hidden where a shown folder holds it, and is shown where a hidden one does', async () => {
    const inner = join(workspace, 'private');
    mkdirSync(join(inner, 'seen'), { recursive: true });
    writeFileSync(join(inner, 'token'), 'canary');
    writeFileSync(join(inner, 'seen', 'file'), 'seen');
    const { lines } = await bash('find private | sort; cat private/seen/file', {
      hidden: [data, inner],
      writable: [workspace],
      readable: [join(inner, 'seen')],
    });
    expect(lines).toEqual(['private', 'private/seen', 'private/seen/file', 'seen']);
  });

  it('is a reason not to start at all when it cannot be done', async () => {
    const gone = join(data, 'gone');
    const { exitCode, lines } = await bash('echo started', { hidden: [data], writable: [workspace, gone], readable: [] });
    expect({ exitCode, lines }).toEqual({ exitCode: 126, lines: [`disinto: cannot show ${gone}: no such folder`] });
  });

  it('takes no exit code, argument or signal away', async () => {
    expect((await bash('exit 7')).exitCode).toBe(7);
    expect((await bash('kill -TERM $$')).exitCode).toBe(143);
    const running = startProcess({ command: 'sleep', args: ['3000'], cwd: workspace, env: { PATH: '/usr/bin:/bin' }, sight: session() });
    await new Promise((wake) => setTimeout(wake, 300));
    await running.stop(2000);
    expect(await running.done).toMatchObject({ ended: 'aborted', exitCode: 143 });
  });
});
