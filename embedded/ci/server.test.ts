import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import { createCi } from '../../shared/ci/ci-adapter.ts';
import { createWorld, quiet } from './test/world.ts';
import type { World } from './test/world.ts';

const workflow = (when: string, ...commands: string[]): string =>
  `when: ${when}\nsteps:\n  - name: check\n    image: alpine\n    commands:\n${commands.map((command) => `      - ${command}\n`).join('')}`;

let world: World;
const given = (files: Record<string, string>): World => (world = createWorld(files));
afterEach(() => world.end());

const final = (status: CommitStatus | undefined): boolean => status !== undefined && status.state !== 'pending';
const adapter = (url: string, token = '') =>
  createCi({
    forge: { ...world.forge, findBranch: async () => null },
    git: {} as never,
    config: { kind: null, contexts: 'workflows', account: 'ci', url, tokenFile: null, passwordFile: null, gitSecret: 'token' },
    log: quiet,
    token: () => (token === '' ? null : token),
  });
const headOf = (context: string): Sha => {
  const found = world.statuses.find((status) => status.context === context);
  if (found === undefined) throw new Error(`no status of ${context}`);
  return found.head;
};

describe('a commit is judged', () => {
  it('runs a pull request, a merge result and main, each by the event it is', async () => {
    const w = given({
      '.woodpecker/pr.yaml': workflow('{event: pull_request}', 'test "$CI_PIPELINE_EVENT $CI_COMMIT_PULL_REQUEST $CI_COMMIT_BRANCH" = "pull_request 4 main"'),
      '.woodpecker/push.yaml': workflow('{event: push, branch: main}', 'test -f a.txt && test "$(git rev-parse HEAD)" = "$CI_COMMIT_SHA"'),
      'a.txt': 'a',
    });
    const head = w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    const merge = w.commit('disinto/merge/5', 'main', { 'c.txt': 'c' });
    w.open(4, 'fix/issue-1');
    const ci = await w.start();
    await w.until(() => ci.idle());
    const contexts = (sha: string): readonly string[] =>
      w.statuses
        .filter((status) => status.head === sha && status.state !== 'pending')
        .map((status) => `${status.context} ${status.state}`)
        .toSorted();
    expect(contexts(head)).toEqual(['ci/pr success']);
    expect(contexts(merge)).toEqual(['ci/pr failure', 'ci/push success']);
    expect(w.state(head, 'ci/pr')).toMatchObject({ targetUrl: `${ci.url}/logs/${head}/ci/pr` });
    expect(await (await fetch(`${ci.url}/logs/${head}/ci/pr`)).text()).toContain('+ test "$CI_PIPELINE_EVENT');
    expect(readdirSync(join(w.directory, 'runs'))).toEqual([]);
  });

  it('I5: posts nothing for a repository without CI', async () => {
    const w = given({ 'a.txt': 'a' });
    w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    const ci = await w.start();
    await w.until(() => ci.idle());
    expect(w.statuses).toEqual([]);
  });

  it('shows a config error as the failure of its context, naming file, line and key', async () => {
    const w = given({ '.woodpecker/test.yaml': 'steps:\n  - name: a\n    commands: [true]\nservices:\n  db: {image: postgres}\n' });
    const head = w.commit('fix/issue-1', 'main', {});
    w.open(1, 'fix/issue-1');
    const ci = await w.start();
    await w.until(() => ci.idle());
    expect(w.state(head, 'ci/test')?.state).toBe('error');
    expect(w.state(head, 'ci/test')?.description).toMatch(/^\.woodpecker\/test\.yaml:4: key "services" is not supported here/);
  });

  it('takes CI configuration from the base unless the change to it is allowed', async () => {
    const w = given({ '.woodpecker.yaml': workflow('{event: pull_request}', 'exit 3') });
    const head = w.commit('fix/issue-1', 'main', { '.woodpecker.yaml': workflow('{event: pull_request}', 'exit 0') });
    w.open(1, 'fix/issue-1');
    const strict = await w.start();
    await w.until(() => strict.idle());
    expect(w.state(head, 'ci/woodpecker')?.description).toBe('step check ended with exit code 3');
    await strict.close();
    w.statuses.length = 0;
    const asked: unknown[] = [];
    const allowing = await w.start({ configAllowed: async (...args) => (asked.push(args), true) });
    await w.until(() => allowing.idle());
    expect(w.state(head, 'ci/woodpecker')?.state).toBe('success');
    expect(asked).toContainEqual([head, 1]);
  });

  it('starts workflows after those they depend on, and not at all when those failed', async () => {
    const w = given({
      '.woodpecker/a.yaml': `depends_on: [b]\n${workflow('{event: push}', 'true')}`,
      '.woodpecker/b.yaml': `depends_on: [c]\n${workflow('{event: push}', 'false')}`,
      '.woodpecker/c.yaml': workflow('{event: push}', 'true'),
    });
    const ci = await w.start();
    await w.until(() => ci.idle());
    expect(
      w.statuses.filter((status) => status.state !== 'pending').map((status) => `${status.context} ${status.state} ${status.description.replace(/in .*/, '')}`),
    ).toEqual(['ci/c success passed ', 'ci/b failure step check ended with exit code 1', 'ci/a failure not run: workflow b failed']);
  });
});

describe('logs and re-runs', () => {
  it('I11: gives failed steps one by one with exit code and masked log; I8: tells machine trouble from the change', async () => {
    const w = given({
      '.woodpecker/a.yaml': 'when: {event: push}\nsteps:\n  ok: {commands: [echo fine]}\n  bad: {commands: ["echo pass=hunter2 >&2", "exit 7"]}\n',
      '.woodpecker/b.yaml': workflow('{event: push}', 'kill -9 $$'),
      '.woodpecker/c.yaml': `depends_on: [b]\n${workflow('{event: push}', 'true')}`,
    });
    const ci = await w.start();
    await w.until(() => ci.idle());
    const failed = w.statuses.filter((status) => status.state === 'failure');
    const found = await adapter(ci.url).failures(
      headOf('ci/a'),
      failed.filter((status) => status.context === 'ci/a'),
    );
    expect(found).toEqual([{ context: 'ci/a', step: 'bad', exitCode: 7, cause: 'change', log: '+ echo pass=*** >&2\npass=***\n+ exit 7' }]);
    const infra = await adapter(ci.url).failures(
      headOf('ci/b'),
      failed.filter((status) => status.context !== 'ci/a'),
    );
    expect(infra.map(({ context, cause }) => `${context} ${cause}`).toSorted()).toEqual(['ci/b infra', 'ci/c infra']);
  });

  it('still names the failure of a context without logs', async () => {
    const w = given({ '.woodpecker/a.yaml': workflow('{event: push}', 'true') });
    const ci = await w.start();
    await w.until(() => ci.idle());
    const status: CommitStatus = {
      id: 99,
      context: 'ci/other',
      state: 'error',
      description: 'Temporary failure in name resolution',
      targetUrl: null,
      creator: 'ci',
    };
    const failure = { context: 'ci/other', step: 'ci/other', exitCode: null, log: status.description, cause: 'infra' };
    expect(await adapter(ci.url).failures(headOf('ci/a'), [status])).toEqual([failure]);
    await ci.close();
    await expect(adapter(ci.url).failures(headOf('ci/a'), [status])).rejects.toMatchObject({ name: 'CiError', kind: 'unavailable' });
  });

  it('runs a context again when asked; it is pending before the answer', async () => {
    const w = given({ '.woodpecker/a.yaml': workflow('{event: push}', `test -e ../../../../mark || { touch ../../../../mark; exit 1; }`) });
    const ci = await w.start({ rerunToken: 'letmein' });
    await w.until(() => ci.idle());
    const head = headOf('ci/a');
    expect(w.state(head, 'ci/a')?.state).toBe('failure');
    await expect(adapter(ci.url, 'wrong').rerun(head, ['ci/a'])).rejects.toMatchObject({ kind: 'config' });
    await expect(adapter(ci.url, 'letmein').rerun(head, ['ci/nope'])).rejects.toMatchObject({ kind: 'not-found' });
    await adapter(ci.url, 'letmein').rerun(head, ['ci/a']);
    expect(w.statuses.filter((status) => status.state === 'pending')).toHaveLength(2);
    await w.until(() => final(w.state(head, 'ci/a')) && ci.idle());
    expect(w.statuses.map((status) => status.state)).toEqual(['pending', 'failure', 'pending', 'success']);
  });
});
