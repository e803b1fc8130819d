import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { disinto } from './demo.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'bad-'));
  mkdirSync(join(place, 'demo', 'repo'), { recursive: true });
  file('repo/README.md', '# Hello\n');
  file('issues.yaml', '- title: One\n  body: do it\n');
  file('playbook.yaml', '[]\n');
});
afterEach(() => rmSync(place, { recursive: true, force: true, maxRetries: 3 }));

const file = (path: string, text: string): void => writeFileSync(join(place, 'demo', path), text);
const demo = (...more: string[]) => disinto(['demo', join(place, 'demo'), '--keep', join(place, 'keep'), ...more], { seconds: 60 });

const table: readonly (readonly [string, string, string, readonly RegExp[]])[] = [
  ['broken TOML', 'disinto.toml', 'a = [1\n[agents', [/disinto\.toml:\d+: this is not TOML/]],
  [
    'unknown keys, all at once',
    'disinto.toml',
    '[polcy]\nx = 1\n[agents.dev.limits]\nturn = 3\nidle-seconds = "x"\n',
    [/:1: polcy: unknown key/, /:4: .*did you mean `turns`/, /:5: .*must be a number/],
  ],
  [
    'broken issues.yaml',
    'issues.yaml',
    '- titel: One\n  body: [1]\n  author: me\n- foo\n',
    [/:1: \[0\]\.title/, /:2: \[0\]\.body/, /:3: \[0\]\.author/, /:4: \[1\]/],
  ],
  ['issues.yaml that is no YAML', 'issues.yaml', '- title: "One\n', [/not valid YAML/]],
  ['an empty backlog', 'issues.yaml', '[]\n', [/there is no issue in it/]],
  [
    'broken playbook',
    'playbook.yaml',
    '- when: { agnt: dev, task: implment }\n  do:\n    - wrte: x\n    - fault: hag\n',
    [/did you mean `agent`/, /did you mean `implement`/, /did you mean `write`/, /did you mean `hang`/],
  ],
];

it.each(table)('%s is one clear message, exit 1, and nothing is started', async (_name, path, text, messages) => {
  file(path, text);
  const { code, out, err } = await demo();
  expect(code).toBe(1);
  for (const message of messages) expect(err).toMatch(message);
  expect(err).not.toMatch(/ {4}at |defect of disinto/);
  expect(out).toBe('');
  expect(readdirSync(place)).toEqual(['demo']);
});

it('a folder that is not there, no repository, no backend and a wrong call say what to do', async () => {
  expect(await disinto(['demo', join(place, 'nowhere')])).toMatchObject({ code: 1, err: expect.stringMatching(/is not a folder; give one that holds repo/) });
  expect(await disinto(['demo'])).toMatchObject({ code: 2, err: expect.stringContaining('Call it as: disinto demo FOLDER') });
  expect(await demo('--harness', 'emacs')).toMatchObject({ code: 2, err: expect.stringContaining('there is pi and claude') });
  expect(await demo('--for', 'long')).toMatchObject({ code: 2, err: expect.stringContaining('write it as 30s') });
  rmSync(join(place, 'demo', 'playbook.yaml'));
  expect(await demo()).toMatchObject({ code: 1, err: expect.stringContaining('names no [backends.<name>]') });
  rmSync(join(place, 'demo', 'repo'), { recursive: true });
  expect(await demo()).toMatchObject({ code: 1, err: expect.stringContaining('neither repo/') });
});

it('a port in use names the port and the setting', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  file('disinto.toml', `[webhook]\nlisten = "127.0.0.1:${port}"\n`);
  const { code, err } = await demo();
  server.close();
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(new RegExp(`port ${port} on 127\\.0\\.0\\.1 is in use.*webhook\\.listen`)) });
});

it('no git on the PATH says how to get it', async () => {
  const bin = join(place, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', 'dirname', 'readlink', 'ls', 'head']) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(bin, name));
  const before = process.env['PATH'];
  process.env['PATH'] = bin;
  try {
    expect(await demo()).toMatchObject({ code: 1, err: expect.stringMatching(/git is not on the PATH; install it/) });
  } finally {
    process.env['PATH'] = before;
  }
});

it('a second demo in the same folder is refused while the first runs', async () => {
  file('playbook.yaml', '- when: { task: implement }\n  do:\n    - run: sleep 4\n  answer: { status: already_done, summary: It is there }\n');
  const first = demo();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await demo()).toMatchObject({ code: 1, err: expect.stringMatching(/a demo already runs in .*process \d+/) });
  expect((await first).code).toBe(0);
});
