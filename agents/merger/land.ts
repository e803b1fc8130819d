import type { Outcome, Tick } from '#agent';
import { type Certificate, renderCertificate } from '#domain/merge/certificate';
import { mergeReportKey, renderMergeReport } from '#domain/merge/report';
import { mergingRef } from '#domain/name';
import { publishable } from '#domain/publishable';
import { asSha, type Sha } from '#domain/sha';
import type { MergeResult } from '#forge';
import type { MergeStep } from './decide.ts';
import { finishMerge } from './finish.ts';
import type { MergerPorts, MergerSnapshot } from './observe.ts';

/** Waits between tries while the forge still computes mergeability, in milliseconds. */
const patience = [150, 300, 600, 1200, 2400, 2400] as const;

/**
 * Lands one pull request: certificate on the forge first (by compare-and-swap on one ref per branch, so one merge at a time),
 * then the merge of exactly that head, then the proof. Whatever is interrupted, the ref tells the next run where to go on.
 */
export async function landPullRequest(ports: MergerPorts, tick: Tick, seen: MergerSnapshot, step: Extract<MergeStep, { do: 'merge' }>): Promise<Outcome> {
  const pull = step.candidate.pullRequest;
  if (seen.tip === null) return { kind: 'waiting', reason: 'the base branch is not there' };
  tick.subject(`pr:${pull.number}`);
  const certificate = certify(ports, tick, seen.tip, step);
  const record = await ports.git.createRecord('certificate.json', renderCertificate(certificate));
  const base = `refs/heads/${pull.base}`;
  const locked = await tick.effect('certificate', mergingRef(pull.base), record, () =>
    ports.git.push([
      { ref: mergingRef(pull.base), to: record, expect: null },
      { ref: base, to: seen.tip, expect: seen.tip },
    ]),
  );
  if (locked.kind === 'refused') return { kind: 'waiting', reason: `the certificate of #${pull.number} was refused: ${locked.why}` };
  if (locked.kind === 'moved') return { kind: 'waiting', reason: `another merge into ${pull.base} is going on, or it moved` };
  return mergeCertified(ports, tick, certificate, record);
}

/** Asks the forge for the certified merge and finishes it; gives the lock back when it did not happen. */
export async function mergeCertified(ports: MergerPorts, tick: Tick, certificate: Certificate, record: Sha): Promise<Outcome> {
  const number = certificate.pullRequest;
  const result = await tick.effect('merge', `pr:${number}`, certificate.head, () => askToMerge(ports, tick, certificate));
  if (result.kind === 'merged' || result.kind === 'already-merged') return finishMerge(ports, tick, certificate, record);
  await ports.git.push([{ ref: mergingRef(certificate.branch), to: null, expect: record }]);
  ports.view.forget({ number });
  if (result.kind !== 'blocked') return { kind: 'waiting', reason: `#${number} was not merged: ${result.kind}` };
  const why = publishable(result.why, 500);
  const report = renderMergeReport({ kind: 'refused', head: certificate.head, why, at: ports.clock.now().toISOString() });
  await tick.effect('comment', `pr:${number}`, mergeReportKey, () => ports.forge.ensureComment(number, mergeReportKey, report));
  tick.tell('merge-refused', `pr:${number}`, { why });
  return { kind: 'acted', did: `reported that the forge refuses #${number}: ${why}` };
}

/** M1, M7: only `merged` is a merge; "try again later" is asked again, a bounded number of times. */
async function askToMerge(ports: MergerPorts, tick: Tick, certificate: Certificate): Promise<MergeResult> {
  const title = `Merge pull request #${certificate.pullRequest}${certificate.issue === null ? '' : ` for issue #${certificate.issue}`}`;
  for (const wait of patience) {
    const result = await ports.forge.mergePullRequest(certificate.pullRequest, { head: asSha(certificate.head), title, message: '' });
    if (result.kind !== 'try-again') return result;
    await ports.clock.sleep(wait, tick.signal);
  }
  return { kind: 'try-again' };
}

function certify(ports: MergerPorts, tick: Tick, tip: Sha, step: Extract<MergeStep, { do: 'merge' }>): Certificate {
  const { pullRequest: pull, approval, issue } = step.candidate;
  const statuses = step.checks.kind === 'success' ? step.checks.contexts : [];
  return {
    kind: 'disinto-merge-certificate',
    version: 1,
    policy: tick.project.policy.version,
    repository: tick.project.repository,
    pullRequest: pull.number,
    issue,
    head: pull.head,
    base: tip,
    branch: pull.base,
    tree: step.tree,
    tested: step.tested,
    contexts: [...statuses],
    ciAccount: tick.project.ci.account,
    approval: { review: approval.id, by: approval.author, head: approval.head },
    author: pull.author,
    run: tick.run,
    at: ports.clock.now().toISOString(),
    warnings: statuses.length === 0 ? ['the repository has no CI that tests this change'] : [],
  };
}
