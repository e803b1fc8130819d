import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WakeEvent } from '#agent';
import type { Config } from '#config';
import type { Forge } from '#forge';
import type { Ledger } from '#ledger';
import type { Log } from '#log';
import { dev } from '../../../agents/dev/main.ts';
import { merger } from '../../../agents/merger/main.ts';
import { reviewer } from '../../../agents/reviewer/main.ts';
import { connectAgent, hostOptions, openRuntime } from '../../../shared/agent/connect.ts';
import type { Host } from '../../../shared/agent/host.ts';
import { startHost } from '../../../shared/agent/host.ts';
import type { HostedAgent } from '../../../shared/agent/hosted.ts';
import { createWakeRouter } from '../../../shared/agent/wake-router.ts';
import { startWebhookReceiver } from '../../../shared/agent/webhook/webhook.ts';
import { systemChance } from '../../../shared/clock/system.ts';
import { parseConfig } from '../../../shared/config/load.ts';
import { makeRepository } from '../../contract/forge/make-repository.ts';
import type { Site } from '../../contract/forge/make-repository.ts';
import type { TestRepository } from '../../contract/forge/world.ts';
import { createFakeSessions } from '../../fakes/sessions.ts';
import type { FakeSessions } from '../../fakes/sessions.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { createSteppedClock } from './stepped-clock.ts';
import type { SteppedClock } from './stepped-clock.ts';
import { createRest, watchTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';

export const agentNames = ['dev', 'reviewer', 'merger'] as const;
export type AgentName = (typeof agentNames)[number];
const roles = { dev, reviewer, merger } as const;

/** The three agents with their real host, schedules and webhooks, behind a proxy that misbehaves; people and CI go to the forge directly. */
export interface World {
  readonly clock: SteppedClock;
  readonly proxy: Proxy;
  readonly traffic: Traffic;
  readonly ledger: Ledger;
  readonly sessions: FakeSessions;
  readonly repository: TestRepository;
  /** The forge as the maintainer sees it, past the proxy. */
  readonly direct: Forge;
  readonly tokens: Site['tokens'];
  slot(name: AgentName): HostedAgent;
  /** Which of the forge's deliveries reach the agents; the others reach nobody. */
  deliver(reaches: (event: WakeEvent) => boolean): void;
  /** The process of the agents ends and starts anew: only the ledger and the folder stay. */
  restart(): Promise<void>;
  /** An issue of the maintainer in the backlog; answers its number. */
  issue(title: string): Promise<number>;
  /** CI judges every open pull request that it has not judged: all are green. */
  judge(): Promise<void>;
  close(): Promise<void>;
}

const workflow = 'when:\n  - event: [push, pull_request]\nsteps:\n  - name: test\n    commands: [true]\n';
const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };
const hookEvents = ['push', 'issues', 'issue_label', 'issue_comment', 'pull_request', 'pull_request_sync', 'pull_request_review', 'status'];

export interface WorldOptions {
  readonly site: Omit<Site, 'url'>;
  readonly name: string;
  /** The address that agents use, made of the proxy's. */
  readonly address?: (url: string) => string;
  /** Agents hear of nothing but by their schedules. */
  readonly withoutWebhooks?: true;
}

export async function createWorld({ site, name, address = (url) => url, withoutWebhooks }: WorldOptions): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'outage-'));
  const proxy = await startProxy(site.direct);
  const traffic = watchTraffic();
  const clock = createSteppedClock(new Date(), createRest(traffic, proxy.held));
  const { repository, remove } = await makeRepository({ ...site, url: proxy.url }, name);
  await repository.push('maintainer', 'main', { '.woodpecker/test.yaml': workflow });
  await repository.protect({ contexts: [], approvals: 1, mergers: ['merger'] });
  const direct = repository.forgeWith({ token: site.tokens.maintainer, url: site.direct });
  const config = configOf(root, address(proxy.url), repository.name);
  const sessions = createFakeSessions();
  sessions.script('implement', ({ subject }) => ({
    files: { [`${subject.title.replaceAll(' ', '-')}.txt`]: `${subject.title}\n` },
    answer: { status: 'done', summary: subject.title },
  }));
  sessions.script('review', { answer: { verdict: 'approve', summary: 'Fine' } });
  const first = openRuntime({ config, env: {}, log: silent, clock });
  const { ledger } = first;
  const start = (): Running => startAgents(config, ledger, { clock, sessions, site });
  let running = start();
  let reaches = (_event: WakeEvent): boolean => true;
  const secret = systemChance.secret(8);
  const receiver = await startWebhookReceiver({
    listen: { host: '127.0.0.1', port: 0 },
    secret,
    log: silent,
    onWake: (...delivery) => (reaches(delivery[0]) ? running.route(...delivery) : 'nobody'),
  });
  if (withoutWebhooks !== true) {
    const hook = { type: 'gitea', active: true, events: hookEvents, config: { url: receiver.url, content_type: 'json', secret } };
    const made = await repository.raw('maintainer', 'POST', 'hooks', hook);
    if (made.status !== 201) throw new Error(`no webhook: ${made.status} ${made.body}`);
  }
  const stop = async (): Promise<void> => {
    const stopped = running.host.stop();
    running.host.kill();
    // A run that just began waits a moment for others before it reads the forge, and only we let time pass.
    await clock.untilSettled('the agents have stopped', stopped, 60_000);
  };
  return {
    clock,
    proxy,
    traffic,
    ledger,
    sessions,
    repository,
    direct,
    tokens: site.tokens,
    slot: (agent) => running.slots.find((slot) => slot.name === agent)!,
    deliver: (does) => {
      reaches = does;
    },
    restart: async () => {
      await stop();
      running = start();
    },
    issue: async (title) => (await direct.createIssue({ title, body: '', labels: ['backlog'] })).number,
    judge: () => judge(repository, site),
    close: async () => {
      proxy.meet(null);
      await stop();
      await receiver.close();
      traffic.stop();
      ledger.close();
      await proxy.close();
      await remove();
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly host: Host;
  readonly slots: readonly HostedAgent[];
  readonly route: ReturnType<typeof createWakeRouter>;
}

function startAgents(config: Config, ledger: Ledger, parts: { clock: SteppedClock; sessions: FakeSessions; site: Omit<Site, 'url'> }): Running {
  const { clock, sessions, site } = parts;
  const runtime = openRuntime({ config, env: {}, log: silent, clock, ledger });
  const slots = agentNames.flatMap((name) => connectAgent(roles[name], name, runtime, { sessions, token: () => site.tokens[name] }));
  const host = startHost({ ...hostOptions(runtime), slots });
  return { host, slots, route: createWakeRouter(host, slots) };
}

function configOf(root: string, url: string, repository: string): Config {
  const agent = (role: string) => ({ role, ...(role === 'merger' ? {} : { backend: 'fake' }) });
  return parseConfig('', join(root, 'disinto.toml'), {
    folder: root,
    base: {
      instance: { name: 'test', data: join(root, 'data') },
      forge: { url },
      backends: { fake: { harness: 'pi', 'base-url': 'http://127.0.0.1:1', api: 'anthropic', model: 'none' } },
      projects: { demo: { repository, branch: 'main', maintainers: ['maintainer'], ci: { contexts: 'workflows', account: 'ci' } } },
      agents: Object.fromEntries(agentNames.map((name) => [name, agent(name)])),
    },
  });
}

/** Past the proxy: CI has troubles of its own in a test of its own. */
async function judge(repository: TestRepository, site: Omit<Site, 'url'>): Promise<void> {
  const ci = repository.forgeWith({ token: site.tokens.ci, url: site.direct });
  const open = await ci.listOpenPullRequests();
  const results = await Promise.all(open.map(({ number }) => ci.findBranch(`disinto/merge/${number}`)));
  for (const head of [...open, ...results].flatMap((each) => each?.head ?? [])) {
    const known = await ci.listStatuses(head);
    if (known.length === 0) await ci.postStatus(head, { context: 'ci/test', state: 'success', description: 'fine', targetUrl: null });
  }
}
