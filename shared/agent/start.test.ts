import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Agent, Outcome } from '#agent';
import type { Ledger } from '#ledger';
import { parseSchedule } from '#schedule/parse';
import { systemClock } from '../clock/system.ts';
import { thisProcess } from '../ledger/process-identity.ts';
import { openLedger } from '../ledger/sqlite.ts';
import { serveAgent } from './start.ts';

const base = `[forge]
url = "http://127.0.0.1:9"
[projects.demo]
repository = "acme/widgets"
[agents.merger]
`;

function setUp(config = base, env: Record<string, string> = { FORGE_TOKEN: 'tok-canary-123' }) {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  const file = join(folder, 'disinto.toml');
  writeFileSync(file, config);
  const said: string[] = [];
  let signal = (): void => {};
  const serve = (run: Agent['run'], args: readonly string[] = []): Promise<number> =>
    serveAgent(
      { role: 'merger', schedule: parseSchedule({ every: '1h' }), timeoutMinutes: 1, needs: ['ledger'], wakes: ['push'], run },
      { env: { DISINTO_CONFIG: file, DISINTO_LOG: 'silent', ...env }, args, onSignal: (act) => (signal = act), say: (text) => void said.push(text) },
    );
  return { folder, said, serve, signal: () => signal() };
}

const ends = (outcome: Outcome) => async (): Promise<Outcome> => outcome;
const idle = ends({ kind: 'idle', reason: '' });

describe('--once', () => {
  it.each([
    ['idle', idle, 0],
    ['acted', ends({ kind: 'acted', did: 'merged' }), 0],
    ['waiting', ends({ kind: 'waiting', reason: 'CI' }), 0],
    ['failed', () => Promise.reject(new Error('bug')), 1],
  ] as const)('one tick that is %s', async (kind, run, code) => {
    const { serve, folder } = setUp();
    expect(await serve(run, ['--once'])).toBe(code);
    const ledger = openLedger(join(folder, 'data', 'ledger.sqlite'));
    expect(ledger.runs.list({ since: new Date(0) })).toMatchObject([{ agent: 'merger', project: 'demo', end: { kind } }]);
    ledger.close();
  });
});

describe('--once beside what is', () => {
  const prepared = (act: (ledger: Ledger) => void) => {
    const set = setUp();
    mkdirSync(join(set.folder, 'data'));
    const ledger = openLedger(join(set.folder, 'data', 'ledger.sqlite'));
    act(ledger);
    ledger.close();
    return set;
  };
  const run = { agent: 'merger', project: 'demo', cause: { kind: 'command', by: 'test' }, at: systemClock.now() } as const;
  const never = (): Promise<Outcome> => Promise.reject(new Error('it ran'));

  it.each([
    ['merger', 'resume it with: disinto resume merger'],
    ['*', 'resume it with: disinto resume'],
  ])('an agent that people paused (%s) does not run, and says how it does again', async (who, hint) => {
    const { serve, said } = prepared((ledger) => ledger.switches.pause(who, 'lunch', systemClock.now()));
    expect(await serve(never, ['--once'])).toBe(1);
    expect(said).toEqual([`merger does not run on demo: it is paused (lunch); ${hint}`]);
  });

  it("no second run starts beside one that goes on, but one whose process is gone is in nobody's way", async () => {
    const busy = prepared((ledger) => ledger.runs.start({ ...run, id: 'run_other', process: thisProcess() }));
    expect(await busy.serve(never, ['--once'])).toBe(1);
    expect(busy.said).toMatchObject([expect.stringContaining('run_other works there')]);
    const lost = prepared((ledger) => ledger.runs.start({ ...run, id: 'run_lost', process: { ...thisProcess(), startTicks: '1' } }));
    expect(await lost.serve(idle, ['--once'])).toBe(0);
  });
});

describe('a start that cannot be', () => {
  it.each([
    ['a wrong key', `${base}[forgee]\n`, {}, 'unknown key; did you mean `forge`?'],
    ['no token', base, {}, 'agents.merger.token-file: is missing, and neither FORGE_TOKEN_FILE nor FORGE_TOKEN is set'],
    ['an agent that is not there', base, { DISINTO_AGENT: 'dev' }, 'no agent "dev"; there is merger'],
    [
      'an agent of another role',
      `${base}[agents.m]\nrole = "merger"\n[agents.reviewer]\nbackend = "b"\n[backends.b]\nbase-url = "http://x"\nmodel = "m"\n`,
      { DISINTO_AGENT: 'reviewer' },
      'but this program is the merger',
    ],
    ['a webhook without a secret', `${base}[webhook]\n`, { FORGE_TOKEN: 'tok-canary-123' }, 'webhook.secret-file: is missing'],
    ['no configuration', base, { DISINTO_CONFIG: '/nowhere/disinto.toml' }, '/nowhere/disinto.toml:1: cannot be read'],
  ])('says what to do about %s, once', async (_name, config, env, complaint) => {
    const { serve, said } = setUp(config, env);
    expect(await serve(idle)).toBe(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(complaint);
  });

  it('says that the port of the webhook is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { serve, said } = setUp(`${base}[webhook]\nlisten = "127.0.0.1:${port}"\n`, { FORGE_TOKEN: 'tok-canary-123', WEBHOOK_SECRET: 'hush-hush' });
    expect(await serve(idle)).toBe(1);
    expect(said[0]).toMatch(/cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*; choose another listen/);
    other.close();
  });
});

describe('a disabled agent', () => {
  const disabled = `${base}enabled = false\n`;
  const says = 'merger does not run: agents.merger has enabled = false in disinto.toml';

  it('says so, runs nothing with --once, and waits otherwise', async () => {
    const { serve, said, signal, folder } = setUp(disabled, {});
    expect(await serve(() => Promise.reject(new Error('ran')), ['--once'])).toBe(0);
    const serving = serve(() => Promise.reject(new Error('ran')));
    await expect.poll(() => existsSync(join(folder, 'data', 'heartbeat', 'merger'))).toBe(true);
    signal();
    expect(await serving).toBe(0);
    expect(said).toEqual([says, says]);
  });

  it('starts by itself when it is enabled, also after the file was wrong for a while', async () => {
    const { serve, said, signal, folder } = setUp(disabled);
    let ran = false;
    const serving = serve(async () => {
      ran = true;
      return idle();
    });
    await expect.poll(() => said).toEqual([says]);
    writeFileSync(join(folder, 'disinto.toml'), base.slice(0, 20));
    await systemClock.sleep(2500);
    writeFileSync(join(folder, 'disinto.toml'), base.replace('[agents.merger]', '[agents.merger]\nschedule = { every = "1s" }'));
    await expect.poll(() => ran, { timeout: 15_000 }).toBe(true);
    signal();
    expect(await serving).toBe(0);
    expect(said).toEqual([says, 'merger is enabled']);
  });
});

describe('signals', () => {
  const started: (() => void)[] = [];
  afterEach(() => started.splice(0));

  it('the first one stops and leaves with 0; the heartbeat says that it lived', async () => {
    const { serve, signal, folder } = setUp();
    const running = new Promise<void>((resolve) => started.push(resolve));
    const done = serve(async () => (started[0]?.(), { kind: 'idle', reason: '' }));
    await running;
    signal();
    expect(await done).toBe(0);
    expect(existsSync(join(folder, 'data', 'heartbeat', 'merger'))).toBe(true);
  });

  it('the second one does not wait for a step that hangs; the run stays open and is lost at the next start', async () => {
    const { serve, signal, folder } = setUp();
    const running = new Promise<void>((resolve) => started.push(resolve));
    const done = serve(() => (started[0]?.(), new Promise(() => {})));
    await running;
    signal();
    signal();
    expect(await done).toBe(1);
    const ledger = openLedger(join(folder, 'data', 'ledger.sqlite'));
    expect(ledger.runs.running()).toHaveLength(1);
    expect(ledger.runs.closeLost(() => false, new Date())).toHaveLength(1);
    ledger.close();
  });
});
