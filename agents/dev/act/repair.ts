import type { Outcome, Tick } from '#agent';
import { type Sha, short } from '#domain/sha';
import { addressReviewPrompt, conflictPrompt, fixChecksPrompt } from '#dev/prompts/prompt';
import { reply } from './reply.ts';
import type { DevPorts } from './change.ts';
import { claimIssue, runChange } from './session-step.ts';
import { isAtShownHead } from '#work/current-head';
import type { DevStep } from '#dev/snapshot';

type RepairStep = Extract<DevStep, { do: 'fix-checks' | 'address-review' | 'resolve-conflict' }>;

/** Moves an open pull request on: red checks, a review, or a conflict with the base that moved. */
export async function repair(ports: DevPorts, tick: Tick, step: RepairStep): Promise<Outcome> {
  const { item, work } = step;
  const { issue } = item;
  const pull = work.pullRequest;
  tick.subject(`issue:${issue.number}`);
  const claim = await claimIssue(ports, tick, issue.number);
  if ('kind' in claim) return claim;
  if (!(await isAtShownHead(ports, pull))) return { kind: 'waiting', reason: `the forge still shows #${pull.number} at an older head` };
  const comments = issue.comments > 0 ? await ports.view.comments(issue.number) : [];
  const merge = await toMerge(ports, tick, step);
  const prompt = await promptFor(ports, tick, step);
  const result = await runChange(ports, tick, claim, {
    item,
    task: step.do,
    cause: step.cause,
    pullRequest: pull.number,
    branch: pull.branch,
    at: pull.head,
    expect: pull.head,
    merge,
    prompt,
    comments,
  });
  if (result.kind === 'ended') return result.outcome;
  const round = { head: result.head, task: step.do, run: tick.run, cause: step.cause, at: tick.now.toISOString() };
  const addressed = step.do === 'address-review' ? work.review.asked : [];
  for (const review of addressed) await reply(ports, tick, pull.number, { review, from: pull.head, round }, result.summary);
  ports.view.forget({ number: pull.number });
  tick.tell('pushed', `pr:${pull.number}`, { task: step.do, head: result.head });
  return { kind: 'acted', did: `${step.do} of #${pull.number}: pushed ${short(result.head)}` };
}

/** Only a conflict, or a merge result that is red, changes the head for the base's sake. */
async function toMerge(ports: DevPorts, tick: Tick, step: RepairStep): Promise<Sha | null> {
  if (step.do !== 'resolve-conflict' && step.work.merge.kind !== 'red-result') return null;
  return ports.git.resolve(`refs/heads/${tick.project.branch}`);
}

function promptFor(ports: DevPorts, tick: Tick, step: RepairStep): Promise<string> {
  switch (step.do) {
    case 'fix-checks':
      return fixChecksPrompt(ports, tick, step.item, step.work, step.cause);
    case 'address-review':
      return addressReviewPrompt(ports, step.item, step.work);
    case 'resolve-conflict':
      return conflictPrompt(tick, step.item, step.work);
  }
}
