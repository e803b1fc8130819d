import type { Outcome, Tick } from '#agent';
import { type Certificate, renderCertificate } from '#domain/merge/certificate';
import { approvedRef, attemptOf, claimRef, heldRef, labels, mergeBranch, mergingRef } from '#domain/name';
import type { PullRequest } from '#domain/pull-request';
import { asSha, type Sha, short } from '#domain/sha';
import type { RefUpdate } from '#git';
import type { MergerPorts } from './observe.ts';

/** After the merge: read it back (M1), compare the tree, note the certificate on it and tidy up in one push, close the issue. */
export async function finishMerge(ports: MergerPorts, tick: Tick, certificate: Certificate, record: Sha): Promise<Outcome> {
  const number = certificate.pullRequest;
  const pull = await ports.forge.findPullRequest(number);
  if (pull === null || pull.state !== 'merged' || pull.mergeCommit === null) return { kind: 'waiting', reason: `#${number} does not read as merged yet` };
  await ports.git.fetch();
  const landed = await ports.git.readCommit(pull.mergeCommit);
  const proof =
    landed?.tree === certificate.tree
      ? certificate
      : { ...certificate, warnings: [...certificate.warnings, `the landed tree is ${landed?.tree ?? 'unknown'}, not the certified one`] };
  if (proof !== certificate)
    tick.log.error({ pr: number, landed: landed?.tree, certified: certificate.tree }, 'a merge landed another tree than the certified one');
  await closeIssue(ports, tick, certificate);
  if (!(await tidy(ports, tick, pull, proof, record))) return { kind: 'waiting', reason: `#${number} is merged, its certificate is not noted yet` };
  ports.view.forget({ number });
  tick.tell('merged', `pr:${number}`, { issue: certificate.issue, commit: pull.mergeCommit, tested: certificate.tested });
  return { kind: 'acted', did: `merged #${number} as ${short(pull.mergeCommit)}` };
}

/** Note, lock, branches and records in one atomic push. A branch that somebody pushed to meanwhile is left to them. */
async function tidy(ports: MergerPorts, tick: Tick, pull: PullRequest, certificate: Certificate, record: Sha): Promise<boolean> {
  const commit = pull.mergeCommit ?? asSha(certificate.head);
  const note = await ports.git.createNote(commit, renderCertificate(certificate));
  const must: RefUpdate[] = [note, { ref: mergingRef(certificate.branch), to: null, expect: record }];
  const extra = await leftovers(ports, pull, certificate);
  const pushed = await tick.effect('note', `commit:${commit}`, `pr:${pull.number}`, () => ports.git.push([...must, ...extra]));
  if (pushed.kind === 'pushed') return true;
  return tidyOneByOne(ports, pull, certificate, record);
}

/** Something moved meanwhile: each leftover by itself, what somebody else changed stays, the note with the lock last. */
async function tidyOneByOne(ports: MergerPorts, pull: PullRequest, certificate: Certificate, record: Sha): Promise<boolean> {
  await ports.git.fetch();
  for (const update of await leftovers(ports, pull, certificate)) await ports.git.push([update]);
  const commit = pull.mergeCommit ?? asSha(certificate.head);
  const note = await ports.git.createNote(commit, renderCertificate(certificate));
  const done = await ports.git.push([note, { ref: mergingRef(certificate.branch), to: null, expect: record }]);
  return done.kind === 'pushed';
}

/** What a merged pull request leaves behind on the forge, as deletions. A branch that was pushed to meanwhile stays. */
export async function leftovers(ports: MergerPorts, pull: PullRequest, certificate: Pick<Certificate, 'issue' | 'head'>): Promise<readonly RefUpdate[]> {
  const issue = certificate.issue;
  const refs = [`refs/heads/${mergeBranch(pull.number)}`];
  if (attemptOf(pull.branch) !== null) refs.push(`refs/heads/${pull.branch}`);
  if (issue !== null) refs.push(claimRef(String(issue)), heldRef(issue), approvedRef(issue));
  const updates: RefUpdate[] = [];
  for (const ref of refs) {
    const value = await ports.git.resolve(ref);
    const unchanged = ref !== `refs/heads/${pull.branch}` || value === certificate.head;
    if (value !== null && unchanged) updates.push({ ref, to: null, expect: value });
  }
  return updates;
}

async function closeIssue(ports: MergerPorts, tick: Tick, certificate: Certificate): Promise<void> {
  if (certificate.issue === null) return;
  const number = certificate.issue;
  const issue = await ports.forge.findIssue(number);
  if (issue === null) return;
  if (issue.state === 'open') await tick.effect('close', `issue:${number}`, `merged by #${certificate.pullRequest}`, () => ports.forge.ensureClosed(number));
  if (issue.labels.has(labels.inProgress.name)) await ports.forge.ensureLabels(number, { add: [], remove: [labels.inProgress.name] });
  ports.view.forget({ number });
}
