import type { Outcome, Tick } from '#agent';
import { mergeReportKey, renderMergeReport } from '#domain/merge/report';
import { mergeBranch } from '#domain/name';
import { short } from '#domain/sha';
import { storeIsStale } from '#work/lookout';
import { tidyMergedByHand } from './by-hand.ts';
import { decideMergeStep, type MergeStep } from './decide.ts';
import { landPullRequest } from './land.ts';
import { type MergerPorts, type MergerSnapshot, observeMerger } from './observe.ts';
import { resumeMerge } from './resume.ts';

/** Views whose forge has been searched for a merge that a dead run left. */
const resumed = new WeakSet<object>();

/** One step: finish a merge that a dead run left, else land, test or report the next approved pull request. */
export async function runMerger(ports: MergerPorts, tick: Tick): Promise<Outcome> {
  if (!resumed.has(ports.view)) {
    const outcome = await resumeMerge(ports, tick);
    if (outcome?.kind !== 'waiting') resumed.add(ports.view);
    if (outcome !== null) return outcome;
  }
  const tidied = await tidyMergedByHand(ports, tick);
  if (tidied !== null) return tidied;
  const { seen, step } = await decide(ports, tick);
  if (step.do !== 'nothing' && step.do !== 'wait') tellDecision(tick, seen, step);
  const outcome = await act(ports, tick, seen, step);
  if (step.do === 'merge') {
    storeIsStale(ports.view);
    if (outcome.kind === 'waiting') resumed.delete(ports.view);
  }
  return outcome;
}

/** What to do now. Before a pull request lands or is called red, all that speaks for or against it is asked for once more, in this tick. */
async function decide(ports: MergerPorts, tick: Tick): Promise<{ readonly seen: MergerSnapshot; readonly step: MergeStep }> {
  const since = ports.clock.monotonic();
  const sure = new Set<number>();
  for (;;) {
    const seen = await observeMerger(ports, tick, sure.size === 0 ? null : { numbers: sure, since });
    const step = decideMergeStep(seen.candidates);
    if (step.do !== 'merge' && step.do !== 'report-red') return { seen, step };
    const { number } = step.candidate.pullRequest;
    if (sure.has(number)) return { seen, step };
    sure.add(number);
    ports.view.forget({ number });
  }
}

/** What was seen and chosen, for `disinto why`. */
function tellDecision(tick: Tick, seen: MergerSnapshot, step: Exclude<MergeStep, { do: 'nothing' | 'wait' }>): void {
  const { pullRequest: pull, approval, checks, result, issue } = step.candidate;
  tick.tell('observed', `pr:${pull.number}`, { head: pull.head, base: seen.tip, checks: checks.kind, result: result.kind, approvedBy: approval.author });
  tick.tell('decided', `pr:${pull.number}`, { step: step.do, issue });
}

async function act(ports: MergerPorts, tick: Tick, seen: MergerSnapshot, step: MergeStep): Promise<Outcome> {
  switch (step.do) {
    case 'nothing':
      return { kind: 'idle', reason: step.reason };
    case 'wait':
      return { kind: 'waiting', reason: step.reason };
    case 'test-result':
      return testResult(ports, tick, seen, step);
    case 'report-red':
      return reportRed(ports, tick, seen, step);
    case 'merge':
      return landPullRequest(ports, tick, seen, step);
  }
}

/** Pushes the merge result as a branch of its own, so that CI tests exactly what would land; head and approval stay (M1, M13). */
async function testResult(ports: MergerPorts, tick: Tick, seen: MergerSnapshot, step: Extract<MergeStep, { do: 'test-result' }>): Promise<Outcome> {
  const pull = step.candidate.pullRequest;
  if (seen.tip === null) return { kind: 'waiting', reason: 'the base branch is not there' };
  tick.subject(`pr:${pull.number}`);
  const me = await ports.forge.me();
  const commit = await ports.git.createCommit({
    tree: step.tree,
    parents: [seen.tip, pull.head],
    message: `Test merge of #${pull.number} into ${pull.base}\n`,
    author: { name: me, email: `${me}@disinto.invalid` },
  });
  const ref = `refs/heads/${mergeBranch(pull.number)}`;
  const pushed = await tick.effect('push', ref, commit, () => ports.git.push([{ ref, to: commit, expect: 'any' }]));
  if (pushed.kind !== 'pushed') return { kind: 'waiting', reason: `the merge result of #${pull.number} was not pushed: ${pushed.kind}` };
  if ((await ports.git.resolve(ref)) !== commit) await ports.git.fetch();
  tick.tell('merge-result', `pr:${pull.number}`, { commit, base: seen.tip });
  return { kind: 'acted', did: `pushed the merge result of #${pull.number} with ${short(seen.tip)} for CI` };
}

async function reportRed(ports: MergerPorts, tick: Tick, seen: MergerSnapshot, step: Extract<MergeStep, { do: 'report-red' }>): Promise<Outcome> {
  const pull = step.candidate.pullRequest;
  tick.subject(`pr:${pull.number}`);
  const text = renderMergeReport({
    kind: 'red-result',
    head: pull.head,
    base: seen.tip ?? pull.head,
    commit: step.commit,
    contexts: [...step.contexts],
    at: ports.clock.now().toISOString(),
  });
  const known = await ports.view.comments(pull.number);
  if (known.some((comment) => comment.body.includes(step.commit))) return { kind: 'waiting', reason: `#${pull.number}: its merge result is red` };
  await tick.effect('comment', `pr:${pull.number}`, mergeReportKey, () => ports.forge.ensureComment(pull.number, mergeReportKey, text));
  ports.view.forget({ number: pull.number });
  return { kind: 'acted', did: `reported the red merge result of #${pull.number}` };
}
