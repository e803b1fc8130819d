import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from './demo/test/place.ts';

const start = join(import.meta.dirname, 'start.js');
/** Takes this Node for one that cannot run the command itself, until the pinned one is started. */
const old = `if (process.argv[1] === ${JSON.stringify(start)} && process.env.OLD !== undefined) {
  delete process.env.OLD;
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });
}`;

const folder = () =>
  folderWith({
    'repo/README.md': '#\n',
    'issues.yaml': '- title: One\n',
    'playbook.yaml': '- do:\n    - run: sleep 60\n  answer: { status: done, summary: x }\n',
  });

/** Runs a demo by `node cli/start.js`, signals it as soon as a session goes on, and answers how it ended. */
function interrupted(signal: (pid: number) => void): Promise<{ readonly code: number | null; readonly lines: readonly string[]; readonly err: string }> {
  return new Promise((done, failed) => {
    const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, start, 'demo', folder(), '--json'];
    // A group of its own, as at a terminal.
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, OLD: '1' } });
    let [out, err, asked] = ['', '', false];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (asked || !out.includes('"event":"claimed"') || child.pid === undefined) return;
      asked = true;
      signal(child.pid);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', failed);
    child.on('close', (code) => done({ code, lines: out.trim().split('\n'), err }));
  });
}

it.each([
  ['the wrapper alone', (pid: number) => process.kill(pid, 'SIGINT')],
  ['the whole group, as by Ctrl-C', (pid: number) => process.kill(-pid, 'SIGINT')],
])('SIGINT to %s stops the command cleanly, once', async (_name, signal) => {
  const { code, lines, err } = await interrupted(signal);
  expect({ code, err }).toEqual({
    code: 130,
    err: expect.stringMatching(/^\nSIGINT: stopping; once more kills\nStopped; nothing is lost\. Go on with: disinto demo .* --json\n$/),
  });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'finished', ok: false, issues: [{ number: 1, state: 'open' }] });
});
