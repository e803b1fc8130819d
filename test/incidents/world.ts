import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Agent, Outcome, Ports } from '#agent';
import type { CommitStatus } from '#domain/check';
import type { Comment, Issue } from '#domain/issue';
import { readPark, type Park } from '#domain/park';
import type { PullRequest, Review } from '#domain/pull-request';
import { asSha, type Sha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Ledger } from '#ledger';
import type { Log } from '#log';
import { dev } from '../../agents/dev/main.ts';
import { merger } from '../../agents/merger/main.ts';
import { reviewer } from '../../agents/reviewer/main.ts';
import { startEmbeddedForge, type EmbeddedForge } from '../../embedded/forge/server.ts';
import { connectAgent, hostOptions, openRuntime } from '../../shared/agent/connect.ts';
import type { HostedAgent } from '../../shared/agent/hosted.ts';
import { createTick } from '../../shared/agent/tick.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { parseConfig } from '../../shared/config/load.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { createFakeSessions, type FakeSessions } from '../fakes/sessions.ts';

export type AgentName = 'dev' | 'dev-2' | 'reviewer' | 'merger';
export type Person = 'maintainer' | 'outsider' | 'ci';

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };
const roles: Readonly<Record<AgentName, Agent>> = { dev, 'dev-2': dev, reviewer, merger };
const people: readonly Person[] = ['maintainer', 'outsider', 'ci'];
const repository = 'demo/app';
const run = promisify(execFile);

/** A run dies here: just before or just after its first effect of a kind. */
export interface Death {
  readonly when: 'before' | 'after';
  readonly effect: string;
}

export interface WorldOptions {
  /** Files of main besides README.md and the workflow `ci/test`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly policy?: Readonly<Record<string, unknown>>;
  /** False: the repository has no CI at all. */
  readonly ci?: boolean;
  readonly protection?: Parameters<EmbeddedForge['seed']['setProtection']>[2];
}

/** A forge with a repository, people and agents; nothing runs unless a test ticks it. */
export interface World {
  readonly forge: EmbeddedForge;
  readonly sessions: FakeSessions;
  readonly ledger: Ledger;
  readonly as: Readonly<Record<Person, Forge>>;
  ports(agent: AgentName): Ports;
  /** One run of an agent on a fresh picture; with a death, the run is lost and answers null. */
  tick(agent: AgentName): Promise<Outcome>;
  die(agent: AgentName, death: Death): Promise<void>;
  /** Ticks in turn until nobody acts any more; at most 40 times. */
  settle(...agents: readonly AgentName[]): Promise<readonly string[]>;
  /** Every agent starts anew, as after a restart of the process: all that was remembered is gone. */
  restart(): void;
  /** An issue in the backlog by the maintainer, unless said otherwise; answers its number. */
  issue(title: string, more?: { readonly body?: string; readonly labels?: readonly string[]; readonly author?: Person }): number;
  /** Posts a final status as CI on a commit, and everybody looks again. */
  check(head: Sha, state: CommitStatus['state'], context?: string): Promise<void>;
  /** A commit of files onto a branch (main by default, a new one starts there) by a maintainer; answers it. */
  commit(files: Readonly<Record<string, string>>, branch?: string): Promise<Sha>;
  comment(number: number, text: string, by?: Person): Promise<void>;
  find(number: number): Promise<Issue>;
  /** The only open pull request of the issue. */
  pull(issue: number): Promise<PullRequest>;
  pullOf(number: number): Promise<PullRequest>;
  comments(number: number): Promise<readonly Comment[]>;
  reviews(number: number): Promise<readonly Review[]>;
  park(issue: number): Promise<Park | null>;
  /** REST as the account of a person, for what no port does. */
  rest(person: Person | AgentName, method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: any }>;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'incident-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const forge = await startEmbeddedForge({ directory: join(root, 'forge'), clock: systemClock, chance: systemChance, settleMilliseconds: 0 });
  onTestFinished(() => forge.close());
  const token = await seed(forge, root, options);
  const config = parseConfig('', join(root, 'disinto.toml'), { folder: root, base: configPart(forge.url, root, options) });
  const first = openRuntime({ config, env: {}, log: silent });
  onTestFinished(() => first.ledger.close());
  const { ledger } = first;
  const sessions = createFakeSessions();
  const slots = new Map<AgentName, HostedAgent>();
  const connect = (): void => {
    const runtime = openRuntime({ config, env: {}, log: silent, ledger, secrets: first.secrets });
    for (const [name, agent] of Object.entries(roles) as [AgentName, Agent][]) {
      const [slot] = connectAgent(agent, name, runtime, { sessions, token: (settings) => token(settings.identity) });
      if (slot !== undefined) slots.set(name, slot);
    }
  };
  connect();
  const slotOf = (name: AgentName): HostedAgent => slots.get(name)!;
  const as = Object.fromEntries(people.map((login) => [login, forgeOf(forge.url, () => token(login))])) as Record<Person, Forge>;
  const once = (name: AgentName, death: Death | null): Promise<Outcome> => runOnce(slotOf(name), hostOptions(first), death);

  return {
    forge,
    sessions,
    ledger,
    as,
    ports: (name) => slotOf(name).ports,
    tick: (name) => once(name, null),
    die: async (name, death) => {
      const outcome = await once(name, death).catch((error: unknown) => (error === dead ? null : Promise.reject(error as Error)));
      if (outcome !== null) throw new Error(`${name} did not die at ${death.effect}: ${JSON.stringify(outcome)}`);
    },
    settle: (...names) => settle(names, (name) => once(name, null)),
    restart: connect,
    issue: (title, more = {}) =>
      forge.seed.createIssue(repository, { author: more.author ?? 'maintainer', title, body: more.body ?? '', labels: more.labels ?? ['backlog'] }),
    check: async (head, state, context = 'ci/test') => {
      await as.ci.postStatus(head, { context, state, description: `${context} ended`, targetUrl: null });
      for (const slot of slots.values()) slot.ports.view.forget({ head });
    },
    commit: (files, branch = 'main') =>
      commitFiles(join(root, 'clone'), `${forge.url.replace('://', `://maintainer:${token('maintainer')}@`)}/${repository}.git`, files, branch),
    comment: async (number, text, by = 'maintainer') => void (await rest(forge.url, token(by), 'POST', `/issues/${number}/comments`, { body: text })),
    find: async (number) => (await as.maintainer.findIssue(number))!,
    pull: async (issue) => {
      const open = (await as.maintainer.listOpenPullRequests()).filter((pull) => new RegExp(`^fix/issue-${issue}(-|$)`).test(pull.branch));
      if (open.length !== 1) throw new Error(`#${issue} has ${open.length} open pull requests`);
      return open[0]!;
    },
    pullOf: async (number) => (await as.maintainer.findPullRequest(number))!,
    comments: (number) => as.maintainer.listComments(number),
    reviews: (number) => as.maintainer.listReviews(number),
    park: async (issue) => readPark(await as.maintainer.listComments(issue), { isAgent: (login) => login in roles }),
    rest: (person, method, path, body) => rest(forge.url, token(person), method, path, body),
  };
}

const dead = new Error('the process died');

async function runOnce(slot: HostedAgent, host: ReturnType<typeof hostOptions>, death: Death | null): Promise<Outcome> {
  const { ledger } = host;
  const run = systemChance.id('run');
  ledger.runs.start({
    id: run,
    agent: slot.name,
    project: slot.project.name,
    cause: { kind: 'command', by: 'test' },
    process: host.process,
    at: systemClock.now(),
  });
  const made = createTick(slot, { ...host, slots: [slot] }, { run, signal: new AbortController().signal });
  const tick = death === null ? made.tick : { ...made.tick, effect: mortal(made.tick.effect, death) };
  try {
    await slot.ports.view.refresh();
    const outcome = await slot.agent.run(slot.ports, tick);
    ledger.runs.end(run, outcome, systemClock.now());
    return outcome;
  } catch (error) {
    ledger.runs.end(run, { kind: 'lost', reason: String(error) }, systemClock.now());
    throw error;
  }
}

function mortal(effect: HostedEffect, death: Death): HostedEffect {
  return async (kind, target, detail, act) => {
    if (kind === death.effect && death.when === 'before') throw dead;
    const result = await effect(kind, target, detail, act);
    if (kind === death.effect) throw dead;
    return result;
  };
}

type HostedEffect = ReturnType<typeof createTick>['tick']['effect'];

async function settle(names: readonly AgentName[], tick: (name: AgentName) => Promise<Outcome>): Promise<readonly string[]> {
  const did: string[] = [];
  for (let quiet = 0, at = 0; quiet < names.length; at += 1) {
    const outcome = await tick(names[at % names.length]!);
    quiet = outcome.kind === 'acted' ? 0 : quiet + 1;
    if (outcome.kind === 'acted') did.push(outcome.did);
    if (did.length > 40) throw new Error(`it never ends: ${did.join('; ')}`);
  }
  return did;
}

const workflow = 'when:\n  - event: [push, pull_request]\nsteps:\n  - name: test\n    commands: [true]\n';

async function seed(forge: EmbeddedForge, root: string, options: WorldOptions): Promise<(login: string) => string> {
  const logins = ['demo', ...people, ...Object.keys(roles)];
  const tokens = new Map<string, string>();
  for (const login of logins) {
    await forge.seed.createUser(login);
    tokens.set(login, forge.seed.createToken(login, 'test'));
  }
  const files = { 'README.md': '# App\n', ...(options.ci === false ? {} : { '.woodpecker/test.yaml': workflow }), ...options.files };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'files', path)), { recursive: true });
    writeFileSync(join(root, 'files', path), text);
  }
  await forge.seed.createRepository('demo', 'app', { fromFolder: join(root, 'files') });
  forge.seed.addCollaborator(repository, 'maintainer', 'admin');
  for (const login of ['ci', ...Object.keys(roles)]) forge.seed.addCollaborator(repository, login, login === 'reviewer' ? 'read' : 'write');
  forge.seed.setProtection(repository, 'main', {
    enable_push: true,
    enable_push_whitelist: true,
    push_whitelist_usernames: ['maintainer'],
    enable_merge_whitelist: true,
    merge_whitelist_usernames: ['merger', 'maintainer'],
    required_approvals: 1,
    enable_approvals_whitelist: true,
    approvals_whitelist_username: ['reviewer', 'maintainer'],
    dismiss_stale_approvals: true,
    ...options.protection,
  });
  return (login) => tokens.get(login)!;
}

function configPart(url: string, root: string, options: WorldOptions) {
  const agent = (role: string) => ({ role, ...(role === 'merger' ? {} : { backend: 'fake' }) });
  return {
    instance: { name: 'test', data: join(root, 'data') },
    forge: { url },
    backends: { fake: { harness: 'pi', 'base-url': 'http://127.0.0.1:1', api: 'anthropic', model: 'none' } },
    projects: { demo: { repository, branch: 'main', maintainers: ['maintainer'], ci: { contexts: 'workflows', account: 'ci' }, policy: options.policy ?? {} } },
    agents: { dev: agent('dev'), 'dev-2': agent('dev'), reviewer: agent('reviewer'), merger: agent('merger') },
  };
}

function forgeOf(url: string, token: () => string): Forge {
  return createForge({ url, repository, token, timeoutSeconds: 30, clock: systemClock, chance: systemChance, log: silent });
}

async function rest(url: string, token: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${url}/api/v1/repos/${repository}${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

/** One commit in a clone of the maintainer, pushed. Never synchronous: the forge answers in this very process. */
async function commitFiles(clone: string, url: string, files: Readonly<Record<string, string>>, branch: string): Promise<Sha> {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-c', 'user.name=maintainer', '-c', 'user.email=m@example.org', ...args], { cwd: clone })).stdout.trim();
  if (!existsSync(clone)) {
    mkdirSync(clone);
    await git('init', '--quiet');
  }
  await git('fetch', '--quiet', url, '+refs/heads/*:refs/remotes/forge/*');
  const from = await git('for-each-ref', '--format=%(refname)', `refs/remotes/forge/${branch}`);
  await git('checkout', '--quiet', '--force', '--detach', from === '' ? 'refs/remotes/forge/main' : from);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }
  await git('add', '--all');
  await git('commit', '--quiet', '-m', `Change ${Object.keys(files).join(', ')}`);
  await git('push', '--quiet', url, `HEAD:refs/heads/${branch}`);
  return asSha(await git('rev-parse', 'HEAD'));
}
