import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent as Connections, request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defineAgent } from '#agent';
import type { Outcome, Ports } from '#agent';
import type { AgentConfig, Config, ProjectConfig } from '#config';
import { parseSchedule } from '#schedule/parse';
import { startHost } from '../../shared/agent/host.ts';
import type { HostedAgent } from '../../shared/agent/hosted.ts';
import { createWakeRouter } from '../../shared/agent/wake-router.ts';
import { startWebhookReceiver } from '../../shared/agent/webhook/webhook.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { isProcessAlive, thisProcess } from '../../shared/ledger/process-identity.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { silentLog } from '../../shared/log/pino.ts';

const secret = 'a webhook secret';

/** One dev on the projects `one` (acme/one) and `two` (acme/two), with real receiver, host and ledger. */
async function setUp(file: string, run: (project: string) => Promise<Outcome>) {
  const ledger = openLedger(file);
  const agent = defineAgent({
    role: 'dev',
    schedule: parseSchedule('0 0 1 1 *'),
    timeoutMinutes: 10,
    needs: [],
    wakes: ['issues'],
    run: (_ports, tick) => run(tick.project.name),
  });
  const slots = ['one', 'two'].map((name): HostedAgent => ({
    agent,
    name: 'dev',
    settings: { name: 'dev', identity: 'dev-bot', tokenFile: null, schedule: null } as unknown as AgentConfig,
    project: { name, repository: `acme/${name}`, branch: 'main' } as ProjectConfig,
    config: {} as Config,
    ports: { view: { heard: () => {}, checkStarted: () => {}, forget: () => {}, pullRequests: new Map() } } as unknown as Ports,
  }));
  const common = { ledger, clock: systemClock, chance: systemChance, log: silentLog, mask: (text: string) => text, knows: () => false };
  const host = startHost({ ...common, slots, process: thisProcess(), isAlive: isProcessAlive });
  await rested(() => host.idle());
  const receiver = await startWebhookReceiver({ listen: { host: '127.0.0.1', port: 0 }, secret, log: silentLog, onWake: createWakeRouter(host, slots) });
  const connections = new Connections({ keepAlive: true, maxSockets: 16 });
  /** `said`: what tells this body from others. */
  const deliver = (id: string, issue: number, repository = 'acme/one', said = id): Promise<number> =>
    post(receiver.url, connections, id, bodyOf(repository, issue, said));
  const close = async (): Promise<void> => {
    await receiver.close();
    connections.destroy();
    await host.stop();
    ledger.close();
  };
  return { ledger, host, deliver, close, wokenRuns: () => ledger.runs.list({ since: new Date(0) }).filter((each) => each.cause.kind === 'webhook') };
}

/** As long as those of a real forge. */
function bodyOf(repository: string, issue: number, said: string): string {
  return JSON.stringify({
    action: 'label_updated',
    repository: { full_name: repository },
    issue: { number: issue, body: said.padEnd(5000, ' x') },
    sender: { login: 'somebody' },
  });
}

function post(url: string, agent: Connections, id: string, body: string): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'x-gitea-event': 'issues',
    'x-gitea-event-type': 'issue_label',
    'x-gitea-delivery': id,
    'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex'),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function rested(done: () => boolean): Promise<void> {
  await expect.poll(done, { timeout: 20_000, interval: 5 }).toBe(true);
}

function ledgerFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'webhook-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'ledger.sqlite');
}

const idle: Outcome = { kind: 'idle', reason: 'looked' };
const looks = (): Promise<Outcome> => Promise.resolve(idle);

/** Runs that begin wait until they are let go on. */
function gate() {
  const opened = Promise.withResolvers<void>();
  return { run: (): Promise<Outcome> => opened.promise.then(() => idle), open: (): void => opened.resolve() };
}

describe('webhooks, through receiver, host and ledger', () => {
  it('a flood of 10,000 deliveries wakes once per cause and leaves memory flat', async () => {
    v8.setFlagsFromString('--expose-gc');
    const gc = vm.runInNewContext('gc') as () => void;
    const heapMib = (): number => {
      gc();
      return process.memoryUsage().heapUsed / 1024 ** 2;
    };
    const [deliveries, causes] = [10_000, 20];
    let run = looks;
    const { ledger, host, deliver, close, wokenRuns } = await setUp(ledgerFile(), () => run());
    const flood = async (from: number, count: number): Promise<readonly number[]> => {
      const answers: number[] = [];
      const one = async (at: number): Promise<void> => void answers.push(await deliver(`d${at}`, 1 + (at % causes)));
      for (let at = from; at < from + count; at += 100)
        await Promise.all(Array.from({ length: Math.min(100, from + count - at) }, (_, next) => one(at + next)));
      return answers;
    };
    await flood(0, 500);
    await rested(() => host.idle());
    const before = { heap: heapMib(), runs: wokenRuns().length };
    const held = gate();
    run = held.run;
    const begun = systemClock.monotonic();
    const answers = await flood(500, deliveries);
    const seconds = (systemClock.monotonic() - begun) / 1000;
    held.open();
    await rested(() => host.idle());
    const after = heapMib();
    const runs = wokenRuns().slice(before.runs);
    const absorbed = ledger.events.list({ kind: 'wakes-coalesced' }).filter((event) => event.cause === runs.at(-1)?.id);
    const wakes = runs.length + absorbed.flatMap((event) => event.data['wakes'] as readonly unknown[]).length;
    process.stdout.write(
      `\n${deliveries} deliveries of ${causes} causes in ${seconds.toFixed(1)} s: heap ${before.heap.toFixed(1)} → ${after.toFixed(1)} MiB, ${wakes} wakes, ${runs.length} runs\n`,
    );
    expect(new Set(answers)).toEqual(new Set([202]));
    // The first one started a run; the others waited behind it, one per cause, and went into the next.
    expect(runs).toHaveLength(2);
    expect(wakes).toBe(1 + causes);
    expect(after).toBeLessThan(before.heap * 1.25 + 4);
    await close();
  });

  it('a replay wakes nobody, not even after a restart', async () => {
    const file = ledgerFile();
    const first = await setUp(file, looks);
    expect([await first.deliver('d1', 7), await first.deliver('d1', 7)]).toEqual([202, 200]);
    await rested(() => first.host.idle());
    await first.close();
    const second = await setUp(file, looks);
    expect([await second.deliver('d1', 7), await second.deliver('d2', 7)]).toEqual([200, 202]);
    await rested(() => second.host.idle());
    expect(second.wokenRuns().map((run) => run.cause)).toMatchObject([{ delivery: 'd1' }, { delivery: 'd2' }]);
    await second.close();
  });

  it('a captured body wakes nobody under another id, and what is new is heard under a known one, also after a restart', async () => {
    const file = ledgerFile();
    const first = await setUp(file, looks);
    const said = (id: string, body: string): Promise<number> => first.deliver(id, 7, 'acme/one', body);
    expect([await said('d1', 'labelled'), await said('made-up', 'labelled'), await said('d1', 'closed')]).toEqual([202, 200, 202]);
    await rested(() => first.host.idle());
    await first.close();
    const second = await setUp(file, looks);
    expect([await second.deliver('other', 7, 'acme/one', 'labelled'), await second.deliver('d1', 7, 'acme/one', 'reopened')]).toEqual([200, 202]);
    await rested(() => second.host.idle());
    await second.close();
  });

  it('facts go to the project whose repository they are of, and to nobody when nobody works on it', async () => {
    const { deliver, host, close, wokenRuns } = await setUp(ledgerFile(), looks);
    expect([await deliver('d1', 7, 'Acme/Two'), await deliver('d2', 7, 'acme/three')]).toEqual([202, 200]);
    await rested(() => host.idle());
    expect(wokenRuns().map((run) => run.project)).toEqual(['two']);
    await close();
  });

  it('while another process holds the ledger a delivery is answered 503, and taken when it is free', async () => {
    const file = ledgerFile();
    const { deliver, host, close, wokenRuns } = await setUp(file, looks);
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN IMMEDIATE');
    expect(await deliver('d1', 7)).toBe(503);
    expect(await deliver('d2', 7)).toBe(503);
    holder.exec('ROLLBACK');
    holder.close();
    await expect.poll(() => deliver('d1', 7), { timeout: 20_000, interval: 500 }).toBe(202);
    await rested(() => host.idle());
    expect(wokenRuns()).toHaveLength(1);
    await close();
  });
});
