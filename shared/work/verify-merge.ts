import type { Ci } from '#ci';
import type { Certificate } from '#domain/merge/certificate';
import { parseCertificate } from '#domain/merge/certificate';
import { asSha, type Sha } from '#domain/sha';
import { attemptOf } from '#domain/name';
import type { Forge } from '#forge';
import type { Commit, Git } from '#git';
import { isSameName } from '#domain/text/same';

/** One thing that a certificate claims, and whether it is so. */
export interface Proof {
  readonly claim: string;
  readonly holds: boolean;
  readonly detail: string;
}

export interface VerifyPorts {
  readonly git: Git;
  readonly forge: Forge;
  /** Says which contexts were required then; null where only today's rule of the branch could say it. */
  readonly ci: Pick<Ci, 'required'> | null;
}

/** What the configuration says, and no certificate may say otherwise. */
export interface Expected {
  /** `owner/name` */
  readonly repository: string;
  readonly ciAccount: string;
}

/**
 * Checks a merge commit against its certificate: what landed is what was tested and approved. Asks git, the forge and CI anew,
 * believes nothing of the note itself. One failed proof when there is no certificate.
 */
export async function verifyMerge({ git, forge, ci }: VerifyPorts, expected: Expected, merge: Sha): Promise<readonly Proof[]> {
  await git.fetch();
  const commit = await git.readCommit(merge);
  if (commit === null) return [{ claim: 'the commit exists', holds: false, detail: merge }];
  const note = await git.readNote(merge);
  const certificate = note === null ? null : parseCertificate(note);
  if (certificate === null)
    return [
      { claim: 'the commit carries a certificate', holds: false, detail: note === null ? 'no note under refs/notes/disinto' : 'the note is no certificate' },
    ];
  return [
    ...configured(certificate, expected),
    ...landed(commit, certificate),
    ...(await tested(git, forge, certificate)),
    ...(ci === null ? [] : [await complete(ci, certificate)]),
    ...(await approved(forge, certificate)),
    ...(await pulled(forge, commit, certificate)),
  ];
}

function configured({ repository, ciAccount }: Certificate, expected: Expected): readonly Proof[] {
  return [
    { claim: `it is about ${expected.repository}`, holds: isSameName(repository, expected.repository), detail: repository },
    { claim: `${expected.ciAccount} is the CI account that counts`, holds: isSameName(ciAccount, expected.ciAccount), detail: ciAccount },
  ];
}

/** No required context was left out. */
async function complete(ci: Pick<Ci, 'required'>, { contexts, head, base, branch, tested: commit, pullRequest }: Certificate): Promise<Proof> {
  const kind = commit === head ? 'pull-request' : 'merge-result';
  const required = await ci.required({ kind, head: asSha(commit), base: asSha(base), branch, number: pullRequest });
  const missing = required.filter((name) => !contexts.some(({ context }) => context === name));
  return {
    claim: 'every context that was required is certified',
    holds: missing.length === 0,
    detail: missing.length === 0 ? required.join(', ') || 'none' : `without ${missing.join(', ')}`,
  };
}

function landed(commit: Commit, certificate: Certificate): readonly Proof[] {
  return [
    { claim: 'the landed tree is the certified one', holds: commit.tree === certificate.tree, detail: `${commit.tree} / ${certificate.tree}` },
    { claim: 'it went onto the certified base', holds: commit.parents[0] === certificate.base, detail: `${commit.parents[0] ?? 'none'} / ${certificate.base}` },
    { claim: 'it merged the certified head', holds: commit.parents.slice(1).includes(asSha(certificate.head)), detail: certificate.head },
  ];
}

async function tested(git: Git, forge: Forge, certificate: Certificate): Promise<readonly Proof[]> {
  const subject = await git.readCommit(asSha(certificate.tested));
  const statuses = certificate.contexts.length === 0 ? [] : await forge.listStatuses(asSha(certificate.tested));
  const contexts = certificate.contexts.map(({ context, status }): Proof => {
    const found = statuses.find((candidate) => candidate.id === status);
    const holds = found?.context === context && found.creator === certificate.ciAccount && (found.state === 'success' || found.state === 'warning');
    return {
      claim: `${context} was green on the tested commit by ${certificate.ciAccount}`,
      holds,
      detail: found === undefined ? `status ${status} is not there` : `${found.state} by ${found.creator}`,
    };
  });
  const tree: Proof[] =
    subject === null
      ? []
      : [
          {
            claim: 'the tested commit has the certified tree',
            holds: subject.tree === certificate.tree || certificate.contexts.length === 0,
            detail: certificate.tested,
          },
        ];
  return [...tree, ...contexts];
}

async function approved(forge: Forge, certificate: Certificate): Promise<readonly Proof[]> {
  const review = (await forge.listReviews(certificate.pullRequest)).find((candidate) => candidate.id === certificate.approval.review);
  const holds = review !== undefined && review.verdict === 'approved' && review.author === certificate.approval.by && review.head === certificate.head;
  return [
    {
      claim: `${certificate.approval.by} approved exactly this head`,
      holds,
      detail: review === undefined ? 'the review is not there' : `${review.verdict} of ${review.head}`,
    },
  ];
}

async function pulled(forge: Forge, commit: Commit, certificate: Certificate): Promise<readonly Proof[]> {
  const pull = await forge.findPullRequest(certificate.pullRequest);
  const issue = pull === null ? null : (attemptOf(pull.branch)?.issue ?? null);
  return [
    {
      claim: `its author ${certificate.author} did not approve it`,
      holds: pull !== null && isSameName(pull.author, certificate.author) && !isSameName(pull.author, certificate.approval.by),
      detail: `opened by ${pull?.author ?? 'nobody'}, approved by ${certificate.approval.by}`,
    },
    {
      claim: certificate.issue === null ? 'it is the work on no issue' : `it is the work on issue #${certificate.issue}`,
      holds: pull !== null && issue === certificate.issue,
      detail: pull?.branch ?? 'no pull request',
    },
    {
      claim: `pull request #${certificate.pullRequest} says that it was merged as this commit`,
      holds: pull?.state === 'merged' && pull.mergeCommit === commit.sha,
      detail: pull?.mergeCommit ?? 'not merged',
    },
  ];
}
