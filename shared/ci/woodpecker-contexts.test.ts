import { expect, it } from 'vitest';
import type { CommitStatus } from '#domain/check';
import { asSha } from '#domain/sha';
import type { Log } from '#log';
import { createCi } from './ci-adapter.ts';
import type { CiSubject } from './ci.ts';
import { readContext } from './woodpecker/context.ts';

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const [base, head] = [asSha('a'.repeat(40)), asSha('b'.repeat(40))];
const steps = 'steps: {a: {image: alpine, commands: [ls]}}\n';
const both = `when: {event: [push, pull_request]}\n${steps}`;

function ci(files: Readonly<Record<string, string>>, statuses: readonly CommitStatus[] = []) {
  const paths = Object.keys(files).map((name) => `.woodpecker/${name}.yaml`);
  return createCi({
    forge: { listStatuses: async () => statuses, findBranch: async () => null },
    git: {
      listFiles: async () => paths,
      readFile: async (_, path) => Buffer.from(files[path.slice('.woodpecker/'.length, -'.yaml'.length)] ?? ''),
      listChangedFiles: async () => [],
      mergeBase: async () => base,
      readCommit: async () => null,
    },
    config: { kind: 'woodpecker', contexts: 'workflows', account: 'ci', url: 'http://ci.test', tokenFile: null, passwordFile: null, gitSecret: 'token' },
    log: quiet,
  });
}
const subject = (kind: CiSubject['kind']): CiSubject => ({ kind, head, base, branch: 'main', number: kind === 'branch' ? null : 7 });

it('are called by event and workflow, as Woodpecker sees the subject', async () => {
  const files = { test: both, deploy: `when: {event: push, branch: main}\n${steps}`, nightly: `when: {event: tag}\n${steps}` };
  expect(await ci(files).required(subject('pull-request'))).toEqual(['ci/woodpecker/pr/test']);
  expect(await ci(files).required(subject('branch'))).toEqual(['ci/woodpecker/push/deploy', 'ci/woodpecker/push/test']);
  expect(await ci(files).required(subject('merge-result'))).toEqual(['ci/woodpecker/push/test']);
});

it('M12: a workflow that would leave merge results untested is said, not waited for', async () => {
  const untested = ci({ test: both, lint: `when: {event: pull_request}\n${steps}` }).required(subject('merge-result'));
  await expect(untested).rejects.toMatchObject({
    name: 'CiError',
    kind: 'config',
    message: expect.stringMatching(/\.woodpecker\/lint\.yaml.*disinto\/merge\/7/) as string,
  });
  const onMerges = `when:\n  - event: pull_request\n  - event: push\n    branch: [main, "disinto/merge/*"]\n${steps}`;
  expect(await ci({ test: onMerges }).required(subject('merge-result'))).toEqual(['ci/woodpecker/push/test']);
});

it.each([
  ['a matrix', `matrix: {NODE: [22, 24]}\n${both}`],
  ['a condition that only Woodpecker can judge', `when: {event: pull_request, evaluate: 'x == 1'}\n${steps}`],
  ['no YAML', 'steps: [}'],
])('%s makes the names unknowable, which is said', async (_, text) => {
  await expect(ci({ test: text }).required(subject('pull-request'))).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringMatching(/\.woodpecker\/test\.yaml: .*contexts = "protection"/) as string,
  });
});

it('steps that only Woodpecker can run change nothing', async () => {
  const services = `services: {db: {image: postgres}}\n${both}`;
  const plugin = 'when: {event: pull_request}\nsteps: {publish: {image: plugins/docker, settings: {repo: a}}}\n';
  expect(await ci({ services, plugin }).required(subject('pull-request'))).toEqual(['ci/woodpecker/pr/plugin', 'ci/woodpecker/pr/services']);
});

it('a declined pipeline, which is posted as a warning, is no success', async () => {
  const status: CommitStatus = {
    id: 1,
    context: 'ci/woodpecker/pr/test',
    state: 'warning',
    description: 'Pipeline was rejected',
    targetUrl: null,
    creator: 'ci',
  };
  expect(await ci({ test: both }, [status]).state(subject('pull-request'))).toMatchObject({ kind: 'failure', failed: [{ id: 1 }] });
});

it.each([
  ['ci/woodpecker/pr/test', { event: 'pull_request', workflow: 'test', axis: null }],
  ['ci/woodpecker/push/test/2', { event: 'push', workflow: 'test', axis: 2 }],
  ['ci/woodpecker/pr/9', { event: 'pull_request', workflow: '9', axis: null }],
  ['our-ci/test', { event: null, workflow: 'test', axis: null }],
] as const)('%s', (context, expected) => {
  expect(readContext(context)).toEqual(expected);
});
