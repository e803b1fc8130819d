import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../../shared/ci/workflow/model.ts';
import { asSha } from '#domain/sha';
import { stepEnvironment, workflowEnvironment } from './environment.ts';
import { createLogStore } from './log-store.ts';
import { collectLog } from './log-text.ts';
import { runStep } from './step.ts';
import type { StepEnd } from './step.ts';
import { runSteps } from './steps.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ci-run-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const step = (more: Partial<Step> = {}): Step => ({
  name: 'a',
  commands: [],
  environment: {},
  when: [],
  dependsOn: null,
  failure: 'fail',
  directory: null,
  ...more,
});
const shell = async (
  commands: readonly string[],
  more: { wallSeconds?: number; signal?: AbortSignal; env?: Record<string, string>; directory?: string } = {},
): Promise<StepEnd & { lines: readonly string[] }> => {
  const lines: string[] = [];
  const end = await runStep({
    step: step({ commands, directory: more.directory ?? null }),
    workspace: root,
    scriptFile: join(root, 'step.sh'),
    env: { PATH: process.env['PATH'] ?? '', ...more.env },
    sight: { hidden: [], writable: [], readable: [] },
    wallSeconds: more.wallSeconds ?? 60,
    signal: more.signal ?? new AbortController().signal,
    onLine: (line) => lines.push(line),
  });
  return { ...end, lines };
};

describe('the commands of a step', () => {
  it('share one shell, are shown as they are, and keep both streams in order', async () => {
    const { exitCode, lines } = await shell(["X='a b'; cd /", 'echo "$X"; echo err >&2; pwd']);
    expect(exitCode).toBe(0);
    expect(lines).toEqual(["+ X='a b'; cd /", '+ echo "$X"; echo err >&2; pwd', 'a b', 'err', '/']);
  });
  it('end at the first that fails', async () => {
    expect(await shell(['false', 'echo never'])).toMatchObject({ exitCode: 1, lines: ['+ false'] });
    expect((await shell(['exit 42'])).exitCode).toBe(42);
    expect((await shell(['no-such-command'])).exitCode).toBe(127);
  });
  it('may span lines and hold any quotes', async () => {
    expect((await shell([`for x in 1 2; do\n  echo "it's $x"\ndone\n`])).lines.slice(-2)).toEqual(["it's 1", "it's 2"]);
  });
  it('see nothing of our environment', async () => {
    process.env['CI_TEST_CANARY'] = 'canary';
    const { lines } = await shell(['env'], { env: { GIVEN: 'yes' } });
    delete process.env['CI_TEST_CANARY'];
    expect(lines.join('\n')).toContain('GIVEN=yes');
    expect(lines.join('\n')).not.toContain('canary');
  });
  it('are ended with all they started at the time limit, and that is said', async () => {
    const beat = join(root, 'beat');
    const end = await shell(["( trap '' TERM; while :; do date +%N > beat; sleep 0.02; done ) &", 'wait'], { wallSeconds: 0.3 });
    expect(end.ended).toBe('wall');
    expect(end.lines.at(-1)).toBe('ended at the time limit of 0.3 s');
    const last = readFileSync(beat, 'utf8');
    await new Promise((later) => setTimeout(later, 100));
    expect(readFileSync(beat, 'utf8')).toBe(last);
  });
  it('run in the directory that the step names; a missing one is a failure that says so', async () => {
    const end = await shell(['pwd'], { directory: 'nope' });
    expect(end.exitCode).not.toBe(0);
    expect(end.lines.join('\n')).toContain('nope');
  });
});

describe('steps of a workflow', () => {
  const occasion = { events: ['push'], branch: 'main', changedPaths: null, message: null } as const;
  const ends = (code: number): StepEnd => ({ exitCode: code, signal: null, ended: null });
  const when = (...status: readonly ('success' | 'failure')[]) => [{ event: null, branch: null, path: null, status }];
  it('stop after a failure, but for those that ask for it', async () => {
    const steps = [
      step({ name: 'a', failure: 'ignore' }),
      step({ name: 'b' }),
      step({ name: 'c' }),
      step({ name: 'd', when: when('failure') }),
      step({ name: 'e', when: when('success', 'failure') }),
    ];
    const outcomes = await runSteps(steps, occasion, async (each) => ends(each.name === 'a' || each.name === 'b' ? 1 : 0));
    expect(outcomes.map(({ step: each, result }) => `${each.name} ${result}`)).toEqual(['a ignored', 'b failed', 'c skipped', 'd passed', 'e passed']);
  });
  it('run two at a time once they name dependencies, in their order', async () => {
    const steps = [step({ name: 'deploy', dependsOn: ['build', 'test'] }), step({ name: 'build' }), step({ name: 'test' }), step({ name: 'lint' })];
    const begun: string[] = [];
    let running = 0;
    let most = 0;
    await runSteps(steps, occasion, async (each) => {
      begun.push(each.name);
      most = Math.max(most, (running += 1));
      await new Promise((done) => setTimeout(done, 5));
      running -= 1;
      return ends(0);
    });
    expect(most).toBe(2);
    expect(begun.indexOf('deploy')).toBeGreaterThan(Math.max(begun.indexOf('build'), begun.indexOf('test')));
    expect(begun).toHaveLength(4);
  });
});

describe('environment', () => {
  const head = asSha('b'.repeat(40));
  const base = workflowEnvironment({
    repository: 'demo/x',
    forgeUrl: 'http://forge/',
    defaultBranch: 'main',
    host: { PATH: '/bin' },
    workflow: 'test',
    workspace: '/w',
    home: '/h',
    plan: {
      subject: { kind: 'pull-request', head, base: head, branch: 'main', number: 3, source: 'fix/issue-1' },
      occasion: { events: ['pull_request'], branch: 'main', changedPaths: null, message: null },
      all: [],
      workflows: [],
    },
  });
  it('names the commit as Woodpecker does', () => {
    expect(base).toMatchObject({
      CI: 'true',
      HOME: '/h',
      CI_COMMIT_SHA: head,
      CI_COMMIT_BRANCH: 'main',
      CI_COMMIT_SOURCE_BRANCH: 'fix/issue-1',
      CI_COMMIT_PULL_REQUEST: '3',
      CI_PIPELINE_EVENT: 'pull_request',
      CI_REPO: 'demo/x',
      CI_WORKFLOW: 'test',
      CI_REPO_URL: 'http://forge/demo/x',
    });
  });
  it('fills known names into the variables of a step', () => {
    const env = stepEnvironment(base, step({ environment: { TAG: 'v-${CI_COMMIT_PULL_REQUEST}', RAW: '$${CI_REPO}', OTHER: '${NOPE}' } }), 'failure');
    expect(env).toMatchObject({ TAG: 'v-3', RAW: '${CI_REPO}', OTHER: '${NOPE}', CI_PIPELINE_STATUS: 'failure' });
  });
});

describe('logs', () => {
  it('keep their beginning and their end within the limit', () => {
    const log = collectLog(1000);
    for (let i = 0; i < 10_000; i += 1) log.write(`line ${i}`);
    const text = log.text();
    expect(text).toMatch(/^line 0\n[^]*… \d+ lines left out …[^]*line 9999$/);
    expect(text.length).toBeLessThan(1050);
    expect(text.split('\n').length - 1 + Number(/… (\d+)/.exec(text)?.[1])).toBe(10_000);
  });
  it('are found by commit and context only, and the oldest go', async () => {
    const store = createLogStore(join(root, 'logs'));
    const record = {
      workflow: 'a',
      state: 'failure',
      description: 'no',
      steps: [{ name: 's', kind: 'step', result: 'failed', exitCode: 1, signal: null, ended: null, seconds: 1, log: 'text' }],
    } as const;
    const [old, recent] = ['1', '2'].map((digit) => digit.repeat(40)) as [string, string];
    await store.save(old, record);
    await new Promise((later) => setTimeout(later, 20));
    await store.save(recent, record);
    writeFileSync(join(root, 'secret'), '{}');
    expect(await store.find('..', 'ci/a')).toBeNull();
    expect(await store.find(recent, '../../secret')).toBeNull();
    const found = await store.find(recent, 'ci/a');
    expect(found?.steps[0] && (await store.read(recent, 'ci/a', found.steps[0]))).toBe('text');
    await store.prune(1);
    expect(await store.find(old, 'ci/a')).toBeNull();
    expect(await store.find(recent, 'ci/a')).not.toBeNull();
  });
});
