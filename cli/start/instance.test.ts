import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Log } from '#log';
import { startEmbeddedForge } from '../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { openInstance } from './instance.ts';
import { parseParts } from './parts.ts';

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const common = { clock: systemClock, chance: systemChance, log: quiet };
const env = { PATH: process.env['PATH'] ?? '', DISINTO_LOG: 'silent' };

let root: string;
let forgePort: number;
let webhookPort: number;
let stops: (() => Promise<void>)[];
let tokens: Record<string, string>;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'start-'));
  stops = [];
  [forgePort, webhookPort] = [await freePort(), await freePort()];
  mkdirSync(join(root, 'files', '.woodpecker'), { recursive: true });
  writeFileSync(join(root, 'files', '.woodpecker', 'test.yaml'), 'steps:\n  - name: check\n    commands: [test ! -f bad]\n');
  await seed();
});
afterEach(async () => {
  for (const stop of stops) await stop();
  rmSync(root, { recursive: true, force: true });
});

/** The forge as `disinto init` leaves it: accounts, tokens, one webhook. */
async function seed(): Promise<void> {
  const forge = await startEmbeddedForge({ ...common, directory: join(root, 'data', 'forge'), port: forgePort });
  for (const login of ['demo', 'ci-bot', 'dev-bot', 'merger-bot']) await forge.seed.createUser(login);
  await forge.seed.createRepository('demo', 'parcels', { fromFolder: join(root, 'files') });
  for (const login of ['ci-bot', 'dev-bot', 'merger-bot']) forge.seed.addCollaborator('demo/parcels', login, 'write');
  tokens = Object.fromEntries(['ci-bot', 'dev-bot', 'merger-bot'].map((login) => [login, forge.seed.createToken(login, 'disinto')]));
  forge.seed.createHook('demo/parcels', {
    url: `http://127.0.0.1:${webhookPort}/`,
    secret: 'signs-all',
    events: ['push', 'pull_request', 'pull_request_sync'],
  });
  await forge.close();
  for (const [name, text] of Object.entries({ 'ci.token': tokens['ci-bot'], 'merger.token': tokens['merger-bot'], 'webhook.secret': 'signs-all' }))
    writeFileSync(join(root, name), text ?? '', { mode: 0o600 });
}

function config(more: { readonly ci?: string; readonly forge?: string; readonly agent?: string } = {}): string {
  const file = join(root, 'disinto.toml');
  writeFileSync(
    file,
    [
      `[forge]\nurl = "http://127.0.0.1:${forgePort}"\n${more.forge ?? 'embedded = true'}`,
      '[projects.parcels]\nrepository = "demo/parcels"',
      `[projects.parcels.ci]\n${more.ci ?? 'kind = "embedded"\naccount = "ci-bot"\ntoken-file = "ci.token"'}`,
      `[agents.merger]\nidentity = "merger-bot"\ntoken-file = "merger.token"\n${more.agent ?? ''}`,
      `[webhook]\nlisten = "127.0.0.1:${webhookPort}"\nsecret-file = "webhook.secret"\n`,
    ].join('\n\n'),
  );
  return file;
}

async function open(file: string, only: string | null = null, agents: readonly string[] = []): Promise<() => Promise<void>> {
  const stop = await openInstance({ config: file, agents, only: parseParts(only), env });
  stops.push(stop);
  return stop;
}

const dev = (): Forge =>
  createForge({ ...common, url: `http://127.0.0.1:${forgePort}`, repository: 'demo/parcels', token: () => tokens['dev-bot'] ?? '', timeoutSeconds: 10 });

/** A pull request with one more file, made over REST; resolves with its head. */
async function change(branch: string, path: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${forgePort}/api/v1/repos/demo/parcels/contents`, {
    method: 'POST',
    headers: { authorization: `token ${tokens['dev-bot'] ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ branch: 'main', new_branch: branch, message: path, files: [{ operation: 'create', path, content: '' }] }),
  });
  const { commit } = (await answer.json()) as { commit: { sha: string } };
  await dev().ensurePullRequest({ branch, base: 'main', title: path, body: '' });
  return commit.sha;
}

async function final(head: string): Promise<string> {
  for (;;) {
    const status = (await dev().listStatuses(asSha(head))).find(({ state }) => state !== 'pending');
    if (status !== undefined) return `${status.context} ${status.state} ${status.creator}`;
    await new Promise((again) => setTimeout(again, 20));
  }
}

const isServed = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );

describe('disinto start', () => {
  it('serves forge, CI and agents; the one webhook wakes CI too; everything stops and starts again where it was', async () => {
    const stop = await open(config());
    expect(await final(await change('fix/issue-1', 'good'))).toBe('ci/test success ci-bot');
    await stop();
    expect([await isServed(forgePort), await isServed(webhookPort)]).toEqual([false, false]);
    await open(config());
    expect(await final(await change('fix/issue-2', 'bad'))).toBe('ci/test failure ci-bot');
  });

  it('runs the parts in processes of their own: the webhook reaches CI at the address that the config names', async () => {
    const ciPort = await freePort();
    const file = config({ ci: `kind = "embedded"\naccount = "ci-bot"\ntoken-file = "ci.token"\nurl = "http://127.0.0.1:${ciPort}"` });
    await open(file, 'forge');
    await open(file, 'ci');
    await open(file, 'agents', ['merger']);
    const head = await change('fix/issue-1', 'bad');
    expect(await final(head)).toBe('ci/test failure ci-bot');
    const log = await fetch(`http://127.0.0.1:${ciPort}/logs/${head}/ci/test`);
    expect(await log.text()).toMatch(/step check ended with exit code 1/);
    const unsigned = await fetch(`http://127.0.0.1:${ciPort}/ci/webhook`, { method: 'POST', body: '{}', headers: { 'x-gitea-event': 'push' } });
    expect(unsigned.status).toBe(401);
  });

  it('refuses a port in use, and leaves nothing running', async () => {
    const blocker = createServer();
    await new Promise<void>((ready) => blocker.listen(forgePort, '127.0.0.1', ready));
    await expect(open(config())).rejects.toThrow(
      /the embedded forge cannot start at http:\/\/127\.0\.0\.1:\d+: port \d+ on 127\.0\.0\.1 is in use.*set another port in forge\.url/,
    );
    await new Promise((closed) => blocker.close(closed));
    const webhookBlocker = createServer();
    await new Promise<void>((ready) => webhookBlocker.listen(webhookPort, '127.0.0.1', ready));
    await expect(open(config())).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await isServed(forgePort)).toBe(false);
    await new Promise((closed) => webhookBlocker.close(closed));
    await open(config());
    expect(await isServed(forgePort)).toBe(true);
  });

  it('says what there is nothing of, and what is missing', async () => {
    await expect(open(config({ forge: 'embedded = false' }), 'forge')).rejects.toThrow(/nothing to start: \[forge\] has no embedded = true/);
    await expect(open(config({ ci: 'contexts = "none"' }), 'ci')).rejects.toThrow(/no project has ci\.kind = "embedded"/);
    await expect(open(config({ ci: 'kind = "embedded"' }), 'ci')).rejects.toThrow(/projects\.parcels\.ci\.token-file: is missing/);
    await expect(open(config({ forge: 'embedded = true' }), 'agents', ['dev'])).rejects.toThrow(/names no agent dev; there is merger/);
    await expect(open(config({ agent: 'enabled = false' }), 'agents', ['merger'])).rejects.toThrow(/merger has enabled = false/);
    const tls = readFileSync(config(), 'utf8').replace('url = "http://', 'url = "https://');
    writeFileSync(join(root, 'disinto.toml'), tls);
    await expect(open(join(root, 'disinto.toml'))).rejects.toThrow(/what we serve ourselves speaks http/);
    expect(() => parseParts('agents,cat')).toThrow(/there is no part "cat"; choose among agents, ci, forge/);
  });
});
