import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asSha, type Sha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Log } from '#log';
import { startEmbeddedCi, type EmbeddedCi } from '../../../embedded/ci/server.ts';
import { createCi } from '../../../shared/ci/ci-adapter.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createForge } from '../../../shared/forge/forgejo.ts';
import { startGitea, type TestAccount, type TestForge } from '../../setup/gitea.ts';

const quiet: Log = { error: (fields, message) => console.error(message, fields), warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const shared = { clock: systemClock, chance: systemChance, log: quiet };
const workflow = 'steps:\n  - name: check\n    commands:\n      - echo "$CI_COMMIT_SHA on $CI_PIPELINE_EVENT"\n      - test ! -f bad\n';

let gitea: TestForge;
let owner: TestAccount;
let ownerToken: string;
let tokens: { readonly ci: string; readonly dev: string };
let directory: string;
let ci: EmbeddedCi;
let dev: Forge;

const must = async (method: string, path: string, body?: unknown, token = ownerToken): Promise<unknown> => {
  const answer = await gitea.ask(method, path, body, token);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return answer.body === '' ? null : JSON.parse(answer.body);
};
const repository = (): string => `${owner.login}/parcels`;
const forgeOf = (token: string): Forge => createForge({ ...shared, url: gitea.url, repository: repository(), token: () => token, timeoutSeconds: 30 });
const start = (): Promise<EmbeddedCi> =>
  startEmbeddedCi({
    ...shared,
    directory,
    source: { kind: 'forge', branch: 'main', credentials: { login: 'checks-bot', token: () => tokens.ci } },
    repository: repository(),
    forgeUrl: gitea.url,
    forge: forgeOf(tokens.ci),
    env: { PATH: process.env['PATH'] ?? '' },
    hidden: [directory],
    mask: (text) => text,
    everySeconds: 3600,
    rerunToken: 'again',
  });

beforeAll(async () => {
  gitea = await startGitea();
  owner = await gitea.createAccount('checks-owner');
  ownerToken = await owner.token();
  const [bot, writer] = [await gitea.createAccount('checks-bot'), await gitea.createAccount('checks-dev')];
  tokens = { ci: await bot.token(['write:repository', 'read:user']), dev: await writer.token(['write:repository', 'write:issue', 'read:user']) };
  await must('POST', 'user/repos', { name: 'parcels', default_branch: 'main', private: true });
  for (const login of ['checks-bot', 'checks-dev']) await must('PUT', `repos/${repository()}/collaborators/${login}`, { permission: 'write' });
  const files = [{ operation: 'create', path: '.woodpecker/test.yaml', content: Buffer.from(workflow).toString('base64') }];
  await must('POST', `repos/${repository()}/contents`, { branch: 'main', message: 'Begin', files });
  directory = mkdtempSync(join(tmpdir(), 'ci-gitea-'));
  dev = forgeOf(tokens.dev);
  ci = await start();
});
afterAll(async () => {
  await ci.close();
  await gitea.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A commit with one more file on a branch of its own. */
async function commit(branch: string, path: string, from = 'main'): Promise<Sha> {
  const body = { branch: from, new_branch: branch, message: path, content: '' };
  const made = (await must('POST', `repos/${repository()}/contents/${path}`, body, tokens.dev)) as { commit: { sha: string } };
  return asSha(made.commit.sha);
}

const states = async (head: Sha): Promise<readonly string[]> =>
  (await dev.listStatuses(head)).toSorted((a, b) => a.id - b.id).map((status) => `${status.context} ${status.state} ${status.creator}`);

async function judged(head: Sha, count: number): Promise<readonly string[]> {
  for (;;) {
    const posted = await states(head);
    if (posted.length >= count) return posted;
    ci.wake();
    await new Promise((again) => setTimeout(again, 100));
  }
}

it('judges pull requests, merge results and main of a private repository on a real forge, by its own account', async () => {
  const good = await commit('fix/issue-1', 'good');
  await dev.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'one', body: '' });
  const bad = await commit('fix/issue-2', 'bad');
  await dev.ensurePullRequest({ branch: 'fix/issue-2', base: 'main', title: 'two', body: '' });
  const merge = await commit('disinto/merge/1', 'merged');
  const main = await dev.findBranch('main');
  expect(await judged(good, 2)).toEqual(['ci/test pending checks-bot', 'ci/test success checks-bot']);
  expect(await judged(bad, 2)).toEqual(['ci/test pending checks-bot', 'ci/test failure checks-bot']);
  expect(await judged(merge, 2)).toEqual(['ci/test pending checks-bot', 'ci/test success checks-bot']);
  expect(await judged(asSha(main?.head ?? ''), 2)).toHaveLength(2);
});

it('serves the log of a failed step, and runs again what it is asked for', async () => {
  const head = asSha((await dev.listOpenPullRequests()).find((pull) => pull.branch === 'fix/issue-2')?.head ?? '');
  const unused = (): never => {
    throw new Error('not asked here');
  };
  const adapter = createCi({
    forge: dev,
    git: { listFiles: unused, readFile: unused, listChangedFiles: unused, mergeBase: unused, readCommit: unused },
    config: { kind: 'embedded', contexts: 'workflows', account: 'checks-bot', url: ci.url, tokenFile: null, passwordFile: null, gitSecret: 'token' },
    log: quiet,
    token: () => 'again',
  });
  const failed = (await dev.listStatuses(head)).filter((status) => status.state === 'failure');
  expect(await adapter.failures(head, failed)).toMatchObject([
    { step: 'check', exitCode: 1, log: expect.stringContaining(`${head} on pull_request`) as string, cause: 'change' },
  ]);
  await adapter.rerun(head, ['ci/test']);
  expect((await states(head)).slice(2, 3)).toEqual(['ci/test pending checks-bot']);
  expect(await judged(head, 4)).toHaveLength(4);
});

it('forgets what was deleted, follows what was pushed anew, and takes up after a restart what was not judged', async () => {
  await must('DELETE', `repos/${repository()}/branches/disinto/merge/1`, undefined, tokens.dev);
  const old = asSha((await dev.listOpenPullRequests()).find((pull) => pull.branch === 'fix/issue-2')?.head ?? '');
  await ci.close();
  await must('DELETE', `repos/${repository()}/contents/bad`, { branch: 'fix/issue-2', message: 'mend', sha: await blobOf('bad', 'fix/issue-2') }, tokens.dev);
  ci = await start();
  const head = await headOf('fix/issue-2', old);
  expect((await judged(head, 2)).at(-1)).toBe('ci/test success checks-bot');
  const refs = readdirSync(join(directory, 'mirror.git', 'refs', 'heads'), { recursive: true }).map(String);
  expect(refs).toContain('fix/issue-2');
  expect(refs).not.toContain('disinto/merge/1');
});

it('keeps no credential in its folder', () => {
  const texts = readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name), 'latin1')] : [],
  );
  const forms = [tokens.ci, Buffer.from(`checks-bot:${tokens.ci}`).toString('base64')];
  expect(texts.length).toBeGreaterThan(5);
  expect(texts.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
});

async function blobOf(path: string, ref: string): Promise<string> {
  return ((await must('GET', `repos/${repository()}/contents/${path}?ref=${encodeURIComponent(ref)}`)) as { sha: string }).sha;
}

/** The forge shows a new head of a pull request a moment after the push. */
async function headOf(branch: string, after: Sha): Promise<Sha> {
  for (;;) {
    const head = (await dev.listOpenPullRequests()).find((pull) => pull.branch === branch)?.head;
    if (head !== undefined && head !== after) return head;
    await new Promise((again) => setTimeout(again, 100));
  }
}
