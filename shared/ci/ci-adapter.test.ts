import { describe, expect, it } from 'vitest';
import type { CommitStatus } from '#domain/check';
import { asSha } from '#domain/sha';
import type { Sha } from '#domain/sha';
import type { ChangedFile, Commit } from '#git';
import type { Log } from '#log';
import { createCi } from './ci-adapter.ts';
import type { CiDeps } from './ci-adapter.ts';
import type { CiSubject } from './ci.ts';

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const sha = (digit: string): Sha => asSha(digit.repeat(40));
const [base, head] = [sha('a'), sha('b')];
const subject: CiSubject = { kind: 'pull-request', head, base, branch: 'main', number: 7 };

const commits = new Map<Sha, Readonly<Record<string, string>>>([
  [
    base,
    {
      '.woodpecker/test.yaml': 'when: {event: pull_request}\nsteps: {a: {commands: [ls]}}\n',
      '.woodpecker/docs.yaml': 'when: {path: "docs/**"}\nsteps: {a: {commands: [ls]}}\n',
    },
  ],
  [head, { '.woodpecker/other.yaml': 'steps: {a: {commands: [ls]}}\n' }],
  [sha('c'), { '.woodpecker.yml': 'steps: {a: {commands: [ls]}}\n' }],
  [sha('d'), { 'README.md': '' }],
]);
let changed = ['src/a.ts'];
const git: CiDeps['git'] = {
  listFiles: async (at, under) => Object.keys(commits.get(at) ?? {}).filter((path) => path.startsWith(`${under}/`)),
  readFile: async (at, path) => {
    const text = commits.get(at)?.[path];
    return text === undefined ? null : Buffer.from(text);
  },
  listChangedFiles: async () => changed.map((path): ChangedFile => ({ path, change: 'modified', mode: '100644', additions: 1, deletions: 0, binary: false })),
  mergeBase: async () => base,
  readCommit: async (of): Promise<Commit> => ({ sha: of, tree: of, parents: [base], author: 'a', message: 'm', trailers: {}, at: new Date(0) }),
};

const status = (id: number, context: string, state: CommitStatus['state'], creator = 'ci'): CommitStatus => ({
  id,
  context,
  state,
  description: '',
  targetUrl: null,
  creator,
});
const ci = (
  statuses: readonly CommitStatus[],
  more: Partial<CiDeps> = {},
  contexts: 'workflows' | 'protection' | 'none' = 'workflows',
  protection: readonly string[] = [],
) =>
  createCi({
    forge: {
      listStatuses: async () => statuses,
      findBranch: async (name) => (name === 'main' ? { name, head: base, protected: true, requiredContexts: protection, requiredApprovals: 1 } : null),
    },
    git,
    config: { kind: null, contexts, account: 'ci', url: null, tokenFile: null, passwordFile: null, gitSecret: 'token' },
    log: quiet,
    ...more,
  });

describe('required contexts by workflow files of the base', () => {
  it('are those that match', async () => {
    changed = ['src/a.ts'];
    expect(await ci([]).required(subject)).toEqual(['ci/test']);
    changed = ['docs/a.md'];
    expect(await ci([]).required(subject)).toEqual(['ci/docs', 'ci/test']);
  });
  it('I5: a repository without CI has the state none, never pending', async () => {
    expect(await ci([]).state({ ...subject, base: sha('d') })).toEqual({ kind: 'none', head });
    expect(await ci([], {}, 'none').state(subject)).toEqual({ kind: 'none', head });
  });
  it('come from the root file when there is no folder', async () => {
    expect(await ci([]).required({ ...subject, base: sha('c') })).toEqual(['ci/woodpecker']);
  });
  it('come from the head only when its change to CI configuration is allowed', async () => {
    changed = ['.woodpecker/other.yaml'];
    expect(await ci([], { configAllowed: async () => false }).required(subject)).toEqual(['ci/test']);
    expect(await ci([], { configAllowed: async (of, number) => of === head && number === 7 }).required(subject)).toEqual(['ci/other']);
    changed = ['src/a.ts'];
    expect(await ci([], { configAllowed: async () => true }).required(subject)).toEqual(['ci/test']);
  });
});

describe('state', () => {
  it("a bot's own green does not count", async () => {
    changed = ['src/a.ts'];
    expect(await ci([status(1, 'ci/test', 'success', 'dev')]).state(subject)).toEqual({ kind: 'pending', head, missing: ['ci/test'] });
    expect(await ci([status(2, 'ci/test', 'success')]).state(subject)).toMatchObject({ kind: 'success' });
  });
  it('I9: an optional context that is stuck holds nobody up', async () => {
    expect(await ci([status(1, 'ci/test', 'success'), status(2, 'ci/nightly', 'pending')]).state(subject)).toMatchObject({
      kind: 'success',
      contexts: [{ context: 'ci/test', status: 1 }],
    });
  });
  it('takes statuses from where it is told', async () => {
    expect(await ci([], { statuses: async () => [status(3, 'ci/test', 'failure')] }).state(subject)).toMatchObject({ kind: 'failure' });
  });
});

describe('required contexts by protection', () => {
  it('a pattern stands for what the CI account posted, and for itself while nothing fits', async () => {
    const posted = [status(1, 'ci/a', 'success'), status(2, 'ci/b', 'success'), status(3, 'ci/c', 'failure', 'dev')];
    expect(await ci(posted, {}, 'protection', ['ci/*', 'scan']).required(subject)).toEqual(['ci/a', 'ci/b', 'scan']);
    expect(await ci([], {}, 'protection', ['ci/*']).state(subject)).toEqual({ kind: 'pending', head, missing: ['ci/*'] });
  });
  it('I9: of a branch that is not there cannot be known, and that is not "none"', async () => {
    await expect(ci([], {}, 'protection').required({ ...subject, branch: 'gone' })).rejects.toMatchObject({ name: 'CiError', kind: 'not-found' });
  });
});

it('I2: without a URL failures come from the status and none waits for a re-run, which says what to set', async () => {
  expect(await ci([]).failures(head, [{ ...status(1, 'ci/test', 'error'), description: 'No space left on device' }])).toMatchObject([
    { context: 'ci/test', cause: 'change', log: expect.stringMatching(/No space left on device\n\(This looks like trouble of the machine/) as string },
  ]);
  await expect(ci([]).rerun(head, ['ci/test'])).rejects.toMatchObject({ kind: 'config' });
});
