import type { Outcome, Tick } from '#agent';
import { approvedRef, attemptOf, heldRef, labels } from '#domain/name';
import { asSha } from '#domain/sha';
import { parkIssue, mirrorPark, unparkIssue } from '#work/park';
import { textDigest } from '#dev/observe/park';
import { implement, openPullRequest } from './implement.ts';
import { repair } from './repair.ts';
import { owedReplies } from './reply.ts';
import type { DevPorts } from './change.ts';
import type { DevSnapshot, DevStep, Item } from '#dev/snapshot';

/** Does one step. Every verb is idempotent, so a step that was interrupted is simply decided again. */
export async function actDev(ports: DevPorts, tick: Tick, step: DevStep, seen: DevSnapshot): Promise<Outcome> {
  switch (step.do) {
    case 'nothing':
      return { kind: 'idle', reason: step.reason };
    case 'wait':
      return { kind: 'waiting', reason: step.reason };
    case 'drop':
      return drop(ports, tick, step);
    case 'park':
      tick.subject(`issue:${step.item.issue.number}`);
      await parkIssue(ports, tick, {
        ...step,
        issue: step.item.issue,
        previous: step.item.park,
        held: null,
        text: step.slug === 'untrusted-author' ? textDigest(step.item.issue) : null,
      });
      return { kind: 'acted', did: `parked #${step.item.issue.number} as ${step.slug}` };
    case 'mirror-park':
      tick.subject(`issue:${step.item.issue.number}`);
      await mirrorPark(ports, tick, step.item.issue);
      return { kind: 'acted', did: `labelled #${step.item.issue.number} as parked` };
    case 'label-follow-up':
      tick.subject(`issue:${step.issue.number}`);
      await tick.effect('labels', `issue:${step.issue.number}`, labels.techDebt.name, () =>
        ports.forge.ensureLabels(step.issue.number, { add: [labels.techDebt.name], remove: [] }),
      );
      ports.view.forget({ number: step.issue.number });
      return { kind: 'acted', did: `labelled #${step.issue.number}, which a review filed` };
    case 'un-park':
      return unpark(ports, tick, step.item, step.by);
    case 'publish-held':
      return publishHeld(ports, tick, step.item);
    case 'rerun-checks':
      return rerun(ports, tick, step);
    case 'reply':
      return owedReplies(ports, tick, step);
    case 'implement':
      return implement(ports, tick, step.item, step.attempt, seen);
    case 'fix-checks':
    case 'address-review':
    case 'resolve-conflict':
      return repair(ports, tick, step);
  }
}

async function unpark(ports: DevPorts, tick: Tick, item: Item, by: string): Promise<Outcome> {
  const { issue, park } = item;
  if (park === null) return { kind: 'idle', reason: 'nothing is parked' };
  tick.subject(`issue:${issue.number}`);
  const approvedText = park.slug === 'untrusted-author' ? textDigest(issue) : null;
  const working = [...ports.view.pullRequests.values()].some((pull) => pull.state === 'open' && attemptOf(pull.branch)?.issue === issue.number);
  await unparkIssue(ports, tick, issue, park, { by, working, approvedText });
  return { kind: 'acted', did: `un-parked #${issue.number}: ${by}` };
}

/** A maintainer approved a protected change: exactly that commit becomes the branch, and is remembered as approved. */
async function publishHeld(ports: DevPorts, tick: Tick, item: Item): Promise<Outcome> {
  const { issue, park } = item;
  const held = park?.held;
  if (park === null || held === null || held === undefined) return { kind: 'idle', reason: 'nothing is held' };
  tick.subject(`issue:${issue.number}`);
  await ports.git.fetch();
  const commit = asSha(held.commit);
  const branch = `refs/heads/${held.branch}`;
  const present = await ports.git.resolve(branch);
  const approved = await ports.git.resolve(approvedRef(issue.number));
  const waiting = await ports.git.resolve(heldRef(issue.number));
  if (present !== commit) {
    const pushed = await tick.effect('push', branch, commit, () =>
      ports.git.push([
        { ref: branch, to: commit, expect: present },
        { ref: approvedRef(issue.number), to: commit, expect: approved },
        ...(waiting === null ? [] : [{ ref: heldRef(issue.number), to: null, expect: waiting }]),
      ]),
    );
    if (pushed.kind !== 'pushed') return { kind: 'waiting', reason: `the approved change of #${issue.number} was not pushed: ${pushed.kind}` };
  }
  const me = await ports.forge.me();
  if (!issue.assignees.includes(me)) await ports.forge.ensureAssignees(issue.number, [...issue.assignees, me]);
  const number = await openPullRequest(ports, tick, item, held.branch, park.prose);
  await unparkIssue(ports, tick, issue, park, { by: `the change was approved: ${item.released}`, working: true, approvedText: null });
  return { kind: 'acted', did: `published the approved change of #${issue.number} as #${number}` };
}

async function rerun(ports: DevPorts, tick: Tick, step: Extract<DevStep, { do: 'rerun-checks' }>): Promise<Outcome> {
  const { checks, pullRequest } = step.work;
  if (checks.kind !== 'failure') return { kind: 'idle', reason: 'nothing is red' };
  tick.subject(`pr:${pullRequest.number}`);
  const contexts = checks.failed.map((status) => status.context);
  await tick.effect('rerun', `commit:${checks.head}`, contexts.join(), () => ports.ci.rerun(checks.head, contexts));
  ports.view.forget({ head: checks.head });
  tick.tell('rerun', `pr:${pullRequest.number}`, { contexts });
  return { kind: 'waiting', reason: `#${pullRequest.number}: ${contexts.join(', ')} failed on the machine's account and run again` };
}

/** The issue was closed by a person: its pull request goes too, its branch stays as evidence. */
async function drop(ports: DevPorts, tick: Tick, step: Extract<DevStep, { do: 'drop' }>): Promise<Outcome> {
  const { number, branch } = step.pullRequest;
  tick.subject(`pr:${number}`);
  ports.view.forget({ number });
  const now = await ports.forge.findPullRequest(number);
  if (now?.state !== 'open') return { kind: 'waiting', reason: `#${number} has just been merged or closed` };
  await ports.forge.ensureComment(number, 'dropped', `Closed, because ${step.why}. The branch \`${branch}\` stays.`);
  await tick.effect('close', `pr:${number}`, step.why, () => ports.forge.ensureClosed(number));
  const issue = attemptOf(branch)?.issue;
  const claim = issue === undefined ? null : await ports.git.claims.find(String(issue));
  if (claim !== null && claim.agent === tick.agent) await ports.git.claims.release(claim);
  ports.view.forget({ number });
  return { kind: 'acted', did: `closed #${number}: ${step.why}` };
}
