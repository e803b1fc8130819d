import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemChance, systemClock } from '#clock/system';
import { asSha } from '#domain/sha';
import type { Log } from '#log';
import { createForge } from '../../shared/forge/forgejo.ts';
import { startEmbeddedForge } from '../forge/server.ts';
import type { EmbeddedForge } from '../forge/server.ts';
import { createMirror } from './mirror.ts';
import type { Mirror } from './mirror.ts';
import { startEmbeddedCi } from './server.ts';
import { quiet } from './test/world.ts';

let root: string;
let server: EmbeddedForge;
let repository: string;
let token: string;
const shared = { clock: systemClock, chance: systemChance, log: quiet };
const start = (port?: number) => startEmbeddedForge({ ...shared, directory: join(root, 'forge'), ...(port === undefined ? {} : { port }) });

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ci-mirror-'));
  const folder = join(root, 'files');
  mkdirSync(join(folder, '.woodpecker'), { recursive: true });
  writeFileSync(join(folder, '.woodpecker', 'test.yaml'), 'steps:\n  - name: check\n    commands: [test -f README.md]\n');
  writeFileSync(join(folder, 'README.md'), 'hello\n');
  server = await start();
  for (const login of ['demo', 'ci']) await server.seed.createUser(login);
  ({ folder: repository } = await server.seed.createRepository('demo', 'x', { fromFolder: folder }));
  server.seed.addCollaborator('demo/x', 'ci', 'write');
  token = server.seed.createToken('ci', 'mirror');
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const git = async (cwd: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('git', ['-c', 'user.name=d', '-c', 'user.email=d@example.org', ...args], { cwd })).stdout.trim();

/** Commits on a branch of the forge as its disk shows it. */
async function commit(branch: string, text: string): Promise<string> {
  const tree = await git(repository, 'rev-parse', 'main^{tree}');
  const sha = await git(repository, 'commit-tree', tree, '-p', 'main', '-m', text);
  await git(repository, 'update-ref', `refs/heads/${branch}`, sha);
  return sha;
}

const mirrorOf = (): Mirror =>
  createMirror({
    ...shared,
    directory: join(root, 'ci'),
    remoteUrl: `${server.url}/demo/x.git`,
    branch: 'main',
    credentials: { login: 'ci', token: () => token },
  });
const refs = async (mirror: Mirror): Promise<readonly string[]> => (await git(mirror.path, 'for-each-ref', '--format=%(refname)')).split('\n');

/** Every file below a folder, as text. */
const contents = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name), 'latin1')] : [],
  );

describe('the mirror', () => {
  it('follows heads of pull requests, merge results, main and approvals; what is deleted or moved on the forge is so here', async () => {
    mkdirSync(join(root, 'ci'));
    const mirror = mirrorOf();
    await commit('fix/issue-1', 'one');
    await git(repository, 'update-ref', 'refs/disinto/approved/1', 'main');
    await git(repository, 'update-ref', 'refs/disinto/claims/1', 'main');
    await mirror.refresh();
    expect(await refs(mirror)).toEqual(['refs/disinto/approved/1', 'refs/heads/fix/issue-1', 'refs/heads/main']);
    await git(repository, 'update-ref', '-d', 'refs/heads/fix/issue-1');
    await git(repository, 'update-ref', '-d', 'refs/disinto/approved/1');
    const merge = await commit('disinto/merge/1', 'two');
    await mirror.refresh();
    expect(await refs(mirror)).toEqual(['refs/heads/disinto/merge/1', 'refs/heads/main']);
    const moved = await commit('disinto/merge/1', 'three');
    await mirror.refresh();
    expect(await git(mirror.path, 'rev-parse', 'disinto/merge/1')).toBe(moved);
    expect(moved).not.toBe(merge);
  });

  it('holds no credential in any file', async () => {
    mkdirSync(join(root, 'ci'));
    const mirror = mirrorOf();
    await mirror.refresh();
    const forms = [token, Buffer.from(`ci:${token}`).toString('base64')];
    expect(contents(join(root, 'ci')).some((text) => forms.some((form) => text.includes(form)))).toBe(false);
  });

  it('asks for the token each time, and says whose is refused', async () => {
    mkdirSync(join(root, 'ci'));
    const mirror = mirrorOf();
    const good = token;
    token = 'revoked-0123456789';
    await expect(mirror.refresh()).rejects.toMatchObject({ name: 'GitError', kind: 'auth' });
    await expect(mirror.refresh()).rejects.not.toThrow(/revoked-0123456789/);
    token = good;
    await mirror.refresh();
    expect(await refs(mirror)).toEqual(['refs/heads/main']);
  });

  it('is fetched anew when it is damaged, and what a killed process left of it is removed', async () => {
    mkdirSync(join(root, 'ci', 'mirror-new-dead'), { recursive: true });
    const mirror = mirrorOf();
    await mirror.refresh();
    expect(readdirSync(join(root, 'ci')).filter((name) => name.startsWith('mirror'))).toEqual(['mirror.git']);
    const head = await git(mirror.path, 'rev-parse', 'main');
    writeFileSync(join(mirror.path, 'config'), '[core\n');
    await mirror.refresh();
    expect(await git(mirror.path, 'rev-parse', 'main')).toBe(head);
  });
});

it('while the forge is away CI waits, says so once, and goes on by itself', async () => {
  const warnings: string[] = [];
  const log: Log = { ...quiet, warn: (_, message) => void warnings.push(message), info: (_, message) => void warnings.push(message), child: () => log };
  const forge = createForge({
    url: server.url,
    repository: 'demo/x',
    token: () => token,
    timeoutSeconds: 5,
    ...shared,
  });
  const { port } = server;
  await server.close();
  const ci = await startEmbeddedCi({
    ...shared,
    log,
    directory: join(root, 'ci'),
    source: { kind: 'forge', branch: 'main', credentials: { login: 'ci', token: () => token } },
    repository: 'demo/x',
    forgeUrl: server.url,
    forge,
    env: { PATH: process.env['PATH'] ?? '' },
    hidden: [root],
    mask: (text) => text,
    everySeconds: 0.05,
  });
  try {
    while (ci.waiting() === null) await new Promise((again) => setTimeout(again, 5));
    expect(ci.waiting()).toMatch(/the forge does not answer/);
    await expect(fetch(`${ci.url}/api/rerun`, { method: 'POST', body: '{"sha":"a","contexts":["ci/test"]}' })).resolves.toMatchObject({ status: 503 });
    server = await start(port);
    const head = asSha(await git(repository, 'rev-parse', 'main'));
    const states = async (): Promise<readonly string[]> => (await forge.listStatuses(head)).map(({ context, state }) => `${context} ${state}`);
    while (!(await states().catch((): readonly string[] => [])).includes('ci/test success')) await new Promise((again) => setTimeout(again, 20));
    expect(ci.waiting()).toBeNull();
    expect(warnings.filter((text) => /cannot see/.test(text))).toHaveLength(1);
    expect(warnings.filter((text) => /sees again/.test(text))).toHaveLength(1);
  } finally {
    await ci.close();
  }
});
