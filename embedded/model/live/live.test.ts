import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faults, loadPlaybook } from '../playbook.ts';
import { startModelServer } from '../server.ts';
import { claudeRunner, piRunner, removeTemporaryFolders, temporaryRepository, type CliRunner } from './cli.ts';
import { fakeSessions } from './fake-sessions.ts';

const work = `
- when: { agent: dev, task: implement, issue: "First", round: 1 }
  do:
    - say: I begin.
    - write: { path: src/new.txt, content: "it's new\\n" }
    - write: { path: old.txt, content: "changed\\n" }
    - run: "cd src && exit 3"
    - run: "pwd > where.txt && git add -A && git commit -q -m done"
    - say: I end.
  answer: [{ status: perhaps }, { status: done, summary: repaired }]
`;
const broken = faults.map((fault) => `- when: { issue: "${fault}" }\n  do: [{ run: "echo ${fault} > before.txt" }, { fault: ${fault} }]\n`).join('');

const sessions = fakeSessions();
let ids = 0;
const server = await startModelServer({
  playbook: loadPlaybook(`${work.replace('round: 1 }', 'round: 1 }\n  times: 9')}${broken.replaceAll('  do:', '  times: 9\n  do:')}`, 'playbook.yaml'),
  sessions,
  chance: { id: (kind) => `${kind}_${(ids += 1)}` },
  host: '127.0.0.1',
  port: 0,
});
afterAll(async () => {
  await server.close();
  removeTemporaryFolders();
});

const clis: readonly { readonly name: string; readonly runner: (folder: string) => CliRunner }[] = [
  { name: 'pi over Anthropic Messages', runner: (folder) => piRunner(folder, 'anthropic-messages') },
  { name: 'pi over OpenAI chat completions', runner: (folder) => piRunner(folder, 'openai-completions') },
  { name: 'pi over OpenAI Responses', runner: (folder) => piRunner(folder, 'openai-responses') },
  { name: 'claude', runner: claudeRunner },
];

describe.concurrent.each(clis)('$name', ({ name, runner }) => {
  it('writes, runs, answers, and answers again when asked to repair', { timeout: 60_000 }, async () => {
    const folder = temporaryRepository();
    const key = `work ${name}`;
    sessions.add(key, { id: key, agent: 'dev-2' });
    const run = runner(folder);
    const first = await run({ url: server.url, key, prompt: 'Please do the work.' });
    expect(first.text).toBe('I end.\n\n{"status":"perhaps"}');
    expect(JSON.stringify(first.lines)).toContain('I begin.');
    expect(readFileSync(join(folder, 'src/new.txt'), 'utf8')).toBe("it's new\n");
    expect(readFileSync(join(folder, 'old.txt'), 'utf8')).toBe('changed\n');
    expect(readFileSync(join(folder, 'where.txt'), 'utf8')).toBe(`${folder}\n`);
    expect(execFileSync('git', ['log', '--format=%s'], { cwd: folder, encoding: 'utf8' })).toBe('done\nfirst\n');
    const second = await run({ url: server.url, key, prompt: 'That is not a valid answer. Answer again.', resume: true });
    expect(second.text).toBe('{"status":"done","summary":"repaired"}');
    expect(execFileSync('git', ['rev-list', '--count', 'HEAD'], { cwd: folder, encoding: 'utf8' })).toBe('2\n');
  });

  it.each(faults)('plays what stands before a fault, then the fault on every request: %s', { timeout: 60_000 }, async (fault) => {
    const folder = temporaryRepository();
    const key = `${fault} ${name}`;
    sessions.add(key, { id: key, title: fault });
    const endless = fault === 'hang' || fault === 'loop';
    const end = await runner(folder)({
      url: server.url,
      key,
      prompt: 'Please do the work.',
      ...(endless ? { stopWhen: () => sessions.asks(key) >= (fault === 'hang' ? 2 : 8) } : {}),
    });
    expect(existsSync(join(folder, 'before.txt'))).toBe(true);
    expect(end.killed).toBe(endless);
    expect(JSON.stringify(end.lines)).not.toContain('"status":');
    if (fault === 'loop') expect(JSON.stringify(end.lines)).toContain('look 5');
  });
});
