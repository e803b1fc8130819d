import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemChance, systemClock } from '#clock/system';
import type { BackendConfig } from '#config';
import { thisProcess } from '../../shared/ledger/process-identity.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import type { Log } from '#log';
import type { SessionLimits, SessionProgress, SessionRequest } from '#session';
import { createSessions, type SessionsOptions } from '../../shared/session/sessions.ts';
import { startTestModel, type Asked, type Move } from './model.ts';

const folder = mkdtempSync(join(tmpdir(), 'disinto-session-'));
const silent: Log = { error() {}, warn() {}, info() {}, debug() {}, child: () => silent };
const ledger = openLedger(join(folder, 'ledger.sqlite'));
const scripts = new Map<string, (asked: Asked) => Move>();
const model = await startTestModel(
  (asked) => scripts.get(asked.key)?.(asked) ?? { kind: 'status', status: 401, type: 'authentication_error', message: 'unknown key' },
);
afterAll(() => {
  model.close();
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const Answer = z.strictObject({ status: z.enum(['done', 'too_large']), summary: z.string().min(1) });
const limits: SessionLimits = { turns: 12, tokens: 1_000_000, usd: null, wallSeconds: 60, idleSeconds: 15 };
const wanted = '{"status":"done","summary":"it\'s done {really}"}';
let count = 0;

interface Try {
  readonly harness: BackendConfig['harness'];
  readonly script: (asked: Asked) => Move;
  readonly limits?: Partial<SessionLimits>;
  readonly options?: Partial<SessionsOptions>;
  readonly backend?: Partial<BackendConfig>;
  readonly request?: Partial<SessionRequest<z.infer<typeof Answer>>>;
}

async function attempt(of: Try) {
  const name = `${of.harness}-${(count += 1)}`;
  const workspace = join(folder, `work-${name}`);
  mkdirSync(workspace);
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: workspace });
  for (const [key, value] of [
    ['user.name', 'Dev'],
    ['user.email', 'dev@example.org'],
  ] as const)
    execFileSync('git', ['config', key, value], { cwd: workspace });
  const key = `key-of-${name}`;
  startRun(`run-${name}`);
  scripts.set(key, of.script);
  const directory = join(folder, `sessions-${name}`);
  const backend: BackendConfig = {
    name,
    harness: of.harness,
    baseUrl: model.url,
    api: 'anthropic',
    model: 'test-model',
    keyFile: null,
    sessionKeys: false,
    concurrency: 1,
    prices: { input: 3, output: 15, cached: 0.3 },
    contextTokens: 128_000,
    outputTokens: 8192,
    ...of.backend,
  };
  const sessions = createSessions({
    ledger,
    clock: systemClock,
    chance: systemChance,
    log: silent,
    backendFor: () => backend,
    mintKey: () => key,
    directory,
    hidden: [folder],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
    mask: (text) => text.replaceAll('canary-secret', '[masked]'),
    ...of.options,
  });
  const progress: SessionProgress[] = [];
  const request = {
    run: `run-${name}`,
    agent: 'dev',
    task: 'implement',
    subject: { project: 'demo', issue: 7, title: 'Title', pullRequest: null },
    workspace,
    reads: [],
    prompt: 'Please do the work. canary-secret',
    answer: Answer,
    limits: { ...limits, ...of.limits },
    signal: new AbortController().signal,
    onProgress: (each: SessionProgress) => progress.push(each),
    ...of.request,
  };
  const result = await sessions.run(request);
  return { result, workspace, directory, progress, record: ledger.sessions.find(result.session), key };
}

const startRun = (id: string): void =>
  ledger.runs.start({ id, agent: 'dev', project: 'demo', cause: { kind: 'command', by: 'test' }, at: systemClock.now(), process: thisProcess() });
const text = (said: string): Move => ({ kind: 'text', text: said });

describe.concurrent.each(['pi', 'claude'] as const)('%s', (harness) => {
  it('works in the workspace and answers; the record, the transcript and the spend are kept', { timeout: 60_000 }, async () => {
    const script = ({ results, prompts }: Asked): Move => {
      if (prompts.length !== 1 || !prompts[0]?.includes('Please do the work.')) return text('wrong prompt');
      if (results === 0) return { kind: 'write', path: 'new.txt', content: 'hello\n' };
      if (results === 1) return { kind: 'bash', command: 'git add -A && git commit -q -m "Add it" && env > .git/env.txt; echo canary-secret; cat' };
      return text(`I did it.\n\n\`\`\`json\n${wanted}\n\`\`\`\n`);
    };
    const { result, workspace, directory, progress, record, key } = await attempt({ harness, script });
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 'done', summary: "it's done {really}" } });
    expect(execFileSync('git', ['log', '--format=%s'], { cwd: workspace, encoding: 'utf8' })).toBe('Add it\n');
    expect(result.usage).toMatchObject({ inputTokens: 309, outputTokens: 60, cachedTokens: 21 });
    expect(result.usage.usd).toBeCloseTo((309 * 3 + 60 * 15 + 21 * 0.3) / 1e6);
    const env = readFileSync(join(workspace, '.git/env.txt'), 'utf8');
    expect(env).toContain(`HOME=${directory}/homes/`);
    expect(env).not.toMatch(/^(VITEST|npm_|NODE_ENV|USER|SSH)/m);
    expect(record).toMatchObject({ state: 'answered', usage: { inputTokens: 309 }, round: 1, model: 'test-model' });
    expect(progress.map((each) => each.kind)).toEqual(['started', 'tool', 'tool', 'text']);
    const transcript = readFileSync(result.transcript, 'utf8');
    expect(transcript).toContain('I did it.');
    expect(transcript).not.toContain('canary-secret');
    expect(transcript).not.toContain(key);
    expect(readdirSync(join(directory, 'homes'))).toEqual([]);
    expect(ledger.slots.held(record?.backend ?? '')).toBe(0);
  });

  it('gets one repair try in the same conversation, told what was wrong', { timeout: 60_000 }, async () => {
    const script = ({ prompts }: Asked): Move => {
      if (prompts.length === 1) return text('{"status":"perhaps"}');
      const complaint = prompts.at(-1) ?? '';
      return text(complaint.includes('status') && complaint.includes('too_large') && prompts[0]?.includes('Please') ? wanted : 'no');
    };
    const { result } = await attempt({ harness, script });
    expect(result).toMatchObject({ kind: 'answered', usage: { outputTokens: 40 } });
  });

  it('fails as `answer` when the repair is no better', { timeout: 60_000 }, async () => {
    const { result, record } = await attempt({ harness, script: () => text('I am done, trust me.') });
    expect(result).toMatchObject({ kind: 'failed', error: 'answer', why: expect.stringContaining('no complete JSON object') });
    expect(record).toMatchObject({ state: 'failed', failure: 'answer' });
  });

  const status = (code: number, type: string, message: string) => (): Move => ({ kind: 'status', status: code, type, message });
  const broken: readonly (readonly [string, string, (asked: Asked) => Move, Partial<SessionLimits>])[] = [
    ['401', 'auth', status(401, 'authentication_error', 'invalid x-api-key'), {}],
    ['429', 'rate', status(429, 'rate_limit_error', 'slow down'), {}],
    ['500', 'overload', status(500, 'api_error', 'Internal server error'), {}],
    ['529', 'overload', status(529, 'overloaded_error', 'Overloaded'), {}],
    ['a context that is too long', 'context', status(400, 'invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum'), {}],
    ['a socket cut in the middle', 'network', () => ({ kind: 'cut' }), {}],
    ['a stream that is no JSON', 'protocol', () => ({ kind: 'malformed' }), {}],
    ['a model that hangs', 'idle', () => ({ kind: 'hang' }), { idleSeconds: 1.5 }],
    ['endless tool calls', 'turns', ({ results }) => ({ kind: 'bash', command: `echo ${results}` }), { turns: 4 }],
    ['too many tokens', 'tokens', ({ results }) => ({ kind: 'bash', command: `echo ${results}` }), { tokens: 300 }],
    ['too much money', 'usd', ({ results }) => ({ kind: 'bash', command: `echo ${results}` }), { usd: 0.001 }],
    [
      'a tool without end',
      'wall',
      ({ results }) => (results === 0 ? { kind: 'bash', command: 'setsid sleep 77 & sleep 77' } : text(wanted)),
      { wallSeconds: 4 },
    ],
  ];
  it.each(broken)('%s ends as %s', { timeout: 60_000 }, async (_, error, script, bounds) => {
    const { result } = await attempt({ harness, script, limits: bounds });
    expect(result).toMatchObject({ kind: 'failed', error });
  });

  it('goes on when nobody can be told about its progress', { timeout: 60_000 }, async () => {
    const onProgress = (): void => {
      throw new Error('the ledger is locked');
    };
    const { result } = await attempt({ harness, script: () => text(wanted), request: { onProgress } });
    expect(result.kind).toBe('answered');
  });

  it('is cancelled by the signal', { timeout: 60_000 }, async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const { result, record } = await attempt({ harness, script: () => ({ kind: 'hang' }), request: { signal: controller.signal, onProgress } });
    expect(result.kind).toBe('cancelled');
    expect(record?.state).toBe('cancelled');
  });
});

it('L13: a conversation that cannot be resumed is begun anew with the same prompt and the complaint', { timeout: 60_000 }, async () => {
  // The CLI's own record of the conversation goes away once its first process has ended.
  const forget = (): void => {
    for (const name of readdirSync(folder).filter((each) => each.startsWith('sessions-claude'))) {
      const [transcript] = readdirSync(join(folder, name)).filter((each) => each.endsWith('.jsonl'));
      const said = transcript === undefined ? '' : readFileSync(join(folder, name, transcript), 'utf8');
      if (!said.includes('forget me') || !said.includes('"disinto":"ended"')) continue;
      for (const home of readdirSync(join(folder, name, 'homes')))
        rmSync(join(folder, name, 'homes', home, '.claude', 'projects'), { recursive: true, force: true });
    }
  };
  const seen: string[][] = [];
  const script = ({ prompts }: Asked): Move => {
    seen.push([...prompts]);
    return text(seen.length === 1 ? 'forget me' : wanted);
  };
  const watch = { clock: { ...systemClock, monotonic: () => (seen.length === 1 && forget(), systemClock.monotonic()) } };
  const { result } = await attempt({ harness: 'claude', script, options: watch });
  expect(result).toMatchObject({ kind: 'answered' });
  expect(seen[1]?.length).toBe(1);
  expect(seen[1]?.[0]).toMatch(/Please do the work[\s\S]*What happened before[\s\S]*no complete JSON object/);
});

it('is busy when every slot of the backend is held, and when the money of the day is spent', async () => {
  startRun('another-run');
  const held = ledger.slots.acquire('one-slot', 1, 'another-run');
  const busy = await attempt({ harness: 'pi', script: () => text(wanted), backend: { name: 'one-slot' } });
  expect(busy.result).toMatchObject({ kind: 'busy', why: expect.stringContaining('slots') });
  expect(busy.record).toBeNull();
  held?.[Symbol.dispose]();
  const spent = await attempt({ harness: 'pi', script: () => text(wanted), options: { usdPerDay: () => 0 } });
  expect(spent.result).toMatchObject({ kind: 'busy', why: expect.stringContaining('US dollars') });
});

it('uses the key file of the backend where no key is made', async () => {
  writeFileSync(join(folder, 'key'), 'from-the-$file!\n');
  scripts.set('from-the-$file!', () => text(wanted));
  const { result } = await attempt({ harness: 'pi', script: () => text('no'), options: { mintKey: null }, backend: { keyFile: join(folder, 'key') } });
  expect(result.kind).toBe('answered');
  await expect(
    attempt({ harness: 'pi', script: () => text('no'), options: { mintKey: null }, backend: { keyFile: join(folder, 'gone') } }),
  ).rejects.toMatchObject({ kind: 'config' });
});

it('says which API a harness does not speak', async () => {
  await expect(attempt({ harness: 'claude', script: () => text(wanted), backend: { api: 'openai-chat' } })).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('anthropic'),
  });
});
