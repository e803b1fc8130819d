import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemChance, systemClock } from '#clock/system';
import { asSha } from '#domain/sha';
import type { Sha } from '#domain/sha';
import { createForge } from '../../shared/forge/forgejo.ts';
import { startEmbeddedForge } from '../forge/server.ts';
import type { EmbeddedForge } from '../forge/server.ts';
import { startEmbeddedCi } from './server.ts';
import type { EmbeddedCi } from './server.ts';
import { quiet } from './test/world.ts';

let root: string;
let server: EmbeddedForge;
let ci: EmbeddedCi;
const shared = { clock: systemClock, chance: systemChance, log: quiet };
const forgeOf = (login: string) => {
  const token = server.seed.createToken(login, 'test');
  return createForge({ ...shared, url: server.url, repository: 'demo/x', token: () => token, timeoutSeconds: 10 });
};

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ci-forge-'));
  const folder = join(root, 'files');
  mkdirSync(join(folder, '.woodpecker'), { recursive: true });
  writeFileSync(join(folder, '.woodpecker', 'test.yaml'), 'steps:\n  - name: check\n    commands: [test -f good]\n');
  server = await startEmbeddedForge({ ...shared, directory: join(root, 'forge') });
  const { seed } = server;
  for (const login of ['demo', 'ci', 'dev']) await seed.createUser(login);
  const repository = await seed.createRepository('demo', 'x', { fromFolder: folder });
  for (const login of ['ci', 'dev']) seed.addCollaborator('demo/x', login, 'write');
  ci = await startEmbeddedCi({
    ...shared,
    directory: join(root, 'ci'),
    source: { kind: 'disk', path: repository.folder },
    repository: 'demo/x',
    forgeUrl: server.url,
    forge: forgeOf('ci'),
    env: { PATH: process.env['PATH'] ?? '' },
    hidden: [root],
    mask: (text) => text,
    everySeconds: 3600,
    webhookSecret: 'signs',
  });
  seed.createHook('demo/x', { url: ci.webhookUrl, secret: 'signs', events: ['push', 'pull_request', 'pull_request_sync'] });
});
afterEach(async () => {
  await ci.close();
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

async function push(branch: string, file: string): Promise<Sha> {
  const clone = join(root, 'clone');
  const token = server.seed.createToken('dev', 'push');
  const url = `${server.url.replace('://', `://dev:${token}@`)}/demo/x.git`;
  // Not the synchronous kind: the server that git talks to lives in this process.
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', ['-c', 'user.name=d', '-c', 'user.email=d@example.org', ...args], { cwd: clone })).stdout.trim();
  rmSync(clone, { recursive: true, force: true });
  mkdirSync(clone);
  await git('clone', '--quiet', url, '.');
  writeFileSync(join(clone, file), '');
  await git('add', '-A');
  await git('commit', '--quiet', '-m', file);
  await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  return asSha(await git('rev-parse', 'HEAD'));
}

it('a pull request on the embedded forge is judged because of its webhook, and its statuses are those of the CI account', async () => {
  const dev = forgeOf('dev');
  const bad = await push('fix/issue-1', 'bad');
  await dev.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'one', body: '' });
  const good = await push('fix/issue-2', 'good');
  await dev.ensurePullRequest({ branch: 'fix/issue-2', base: 'main', title: 'two', body: '' });
  const states = async (head: Sha): Promise<readonly string[]> =>
    (await dev.listStatuses(head)).toSorted((a, b) => a.id - b.id).map((status) => `${status.context} ${status.state} ${status.creator}`);
  while ((await states(bad)).length < 2 || (await states(good)).length < 2) await new Promise((again) => setTimeout(again, 20));
  expect(await states(bad)).toEqual(['ci/test pending ci', 'ci/test failure ci']);
  expect(await states(good)).toEqual(['ci/test pending ci', 'ci/test success ci']);
}, 20_000);
