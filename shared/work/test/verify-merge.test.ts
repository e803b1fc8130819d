import { expect, it } from 'vitest';
import type { CommitStatus } from '#domain/check';
import { type Certificate, renderCertificate } from '#domain/merge/certificate';
import { approval, head, pullRequest, sha } from '#domain/test/sample';
import { untrusted } from '#domain/untrusted';
import { verifyMerge, type VerifyPorts } from '../verify-merge.ts';

const [base, tree, merge] = [sha('b'), sha('c'), sha('d')];
const expected = { repository: 'demo/shop', ciAccount: 'ci' };

const certificate: Certificate = {
  kind: 'disinto-merge-certificate',
  version: 1,
  policy: '1',
  repository: 'demo/shop',
  pullRequest: 2,
  issue: 1,
  head,
  base,
  branch: 'main',
  tree,
  tested: head,
  contexts: [
    { context: 'ci/lint', status: 11 },
    { context: 'ci/test', status: 12 },
  ],
  ciAccount: 'ci',
  approval: { review: approval.id, by: 'reviewer', head },
  author: 'dev',
  run: 'run_1',
  at: '2026-01-02T00:00:00.000Z',
  warnings: [],
};

const status = (id: number, context: string, creator: string): CommitStatus => ({
  id,
  context,
  creator,
  state: 'success',
  description: untrusted(''),
  targetUrl: null,
});

/** A repository in which exactly what the certificate says happened. */
const ports = (note: Certificate): VerifyPorts =>
  ({
    git: {
      fetch: () => Promise.resolve(),
      readCommit: (commit: string) => Promise.resolve({ sha: commit, tree, parents: commit === merge ? [base, head] : [base] }),
      readNote: () => Promise.resolve(renderCertificate(note)),
    },
    forge: {
      listStatuses: () => Promise.resolve([status(11, 'ci/lint', 'ci'), status(12, 'ci/test', 'ci'), status(13, 'ci/test', 'dev')]),
      listReviews: () => Promise.resolve([approval, { ...approval, id: 4, author: 'dev' }]),
      findPullRequest: (number: number) => Promise.resolve(number === 2 ? pullRequest(2, { state: 'merged', mergeCommit: merge }) : null),
    },
    ci: { required: () => Promise.resolve(['ci/lint', 'ci/test']) },
  }) as unknown as VerifyPorts;

const failing = async (part: Partial<Certificate>): Promise<readonly string[]> =>
  (await verifyMerge(ports({ ...certificate, ...part }), expected, merge)).filter((proof) => !proof.holds).map((proof) => proof.claim);

it('believes a certificate whose every claim the forge, git and CI confirm', async () => expect(await failing({})).toEqual([]));

it.each<[string, Partial<Certificate>]>([
  ['no context', { contexts: [] }],
  ['a context left out', { contexts: [{ context: 'ci/lint', status: 11 }] }],
  [
    'a status of somebody else',
    {
      contexts: [
        { context: 'ci/lint', status: 11 },
        { context: 'ci/test', status: 13 },
      ],
    },
  ],
  [
    'a status of another context',
    {
      contexts: [
        { context: 'ci/lint', status: 11 },
        { context: 'ci/test', status: 11 },
      ],
    },
  ],
  [
    'another CI account',
    {
      ciAccount: 'dev',
      contexts: [
        { context: 'ci/lint', status: 11 },
        { context: 'ci/test', status: 13 },
      ],
    },
  ],
  ['another repository', { repository: 'demo/other' }],
  ['another author', { author: 'somebody' }],
  ['an approval by the author', { approval: { review: 4, by: 'dev', head } }],
  ['another issue', { issue: 7 }],
  ['no issue', { issue: null }],
  ['another pull request', { pullRequest: 3 }],
  ['another tree', { tree: sha('e') }],
  ['another base', { base: sha('e') }],
  ['another head', { head: sha('e') }],
])('finds a certificate that was changed afterwards: %s', async (_, part) => expect(await failing(part)).not.toEqual([]));
