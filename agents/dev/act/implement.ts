import { type Outcome, type Tick, WaitError } from '#agent';
import type { Comment } from '#domain/issue';
import { dataMark } from '#domain/marker';
import { attemptBranch, labels, trailer } from '#domain/name';
import { firstLine, publishable } from '#domain/publishable';
import { short } from '#domain/sha';
import { ForgeError } from '#forge';
import { recordFailure } from '#work/failure';
import { implementPrompt } from '#dev/prompts/prompt';
import type { DevPorts } from './change.ts';
import { claimIssue, runChange } from './session-step.ts';
import { summaryOf } from './trailers.ts';
import type { DevSnapshot, Item } from '#dev/snapshot';

/** Works on one issue from scratch: claim, mirror, session, branch, pull request. */
export async function implement(ports: DevPorts, tick: Tick, item: Item, attempt: number, seen: DevSnapshot): Promise<Outcome> {
  const { issue } = item;
  tick.subject(`issue:${issue.number}`);
  const claim = await claimIssue(ports, tick, issue.number);
  if ('kind' in claim) return claim;
  await mirrorClaim(ports, tick, item);
  await ports.git.fetch();
  const branch = attemptBranch(issue.number, attempt);
  const tip = await ports.git.resolve(`refs/heads/${tick.project.branch}`);
  if (tip === null) throw branchIsMissing(tick);
  const comments = issue.comments > 0 ? await ports.view.comments(issue.number) : [];
  const pushed = await earlierPush(ports, branch);
  if (pushed !== null) {
    ports.ledger.sessions.accept(pushed.run);
    return openOrFail(ports, tick, { item, branch, comments, summary: pushed.summary, what: `the branch that run ${pushed.run} had pushed` });
  }
  const prompt = await implementPrompt(tick, item, { branch, comments, seen });
  const result = await runChange(ports, tick, claim, {
    item,
    task: 'implement',
    cause: 'issue',
    pullRequest: null,
    branch,
    at: tip,
    expect: null,
    merge: null,
    prompt,
    comments,
  });
  if (result.kind === 'ended') return result.outcome;
  return openOrFail(ports, tick, { item, branch, comments, summary: result.summary, what: `#${issue.number} at ${short(result.head)}` });
}

/** Renamed or deleted on the forge: no issue of the project can be worked on until somebody says which branch it is now. */
function branchIsMissing({ project: { name, repository, branch } }: Tick): WaitError {
  const mend = `name the present main branch as branch in [projects.${name}] of disinto.toml and start again, or make ${branch} again on the forge`;
  return new WaitError(`branch missing ${repository} ${branch}`, `${repository} has no branch ${branch} on the forge`, mend);
}

interface Opening {
  readonly item: Item;
  readonly branch: string;
  readonly comments: readonly Comment[];
  readonly summary: string;
  /** What it is opened for, in the words of the outcome. */
  readonly what: string;
}

/** A branch that the forge takes no pull request of (no common history with the base) uses up a try: asking again is not for ever. */
async function openOrFail(ports: DevPorts, tick: Tick, { item, branch, comments, summary, what }: Opening): Promise<Outcome> {
  const { number } = item.issue;
  try {
    return { kind: 'acted', did: `opened #${await openPullRequest(ports, tick, item, branch, summary)} for ${what}` };
  } catch (error) {
    if (!(error instanceof ForgeError) || error.kind !== 'invalid') throw error;
    const why = `the forge takes no pull request of ${branch}: ${error.message}`;
    await recordFailure(ports, tick, number, comments, { task: 'implement', at: ports.clock.now().toISOString(), head: '', error: 'pull-request', why });
    return { kind: 'acted', did: `no pull request for #${number}: ${firstLine(why)}` };
  }
}

/** D2: a branch of ours without a pull request is work that a dead run had finished, not a sign of life. */
async function earlierPush(ports: DevPorts, branch: string): Promise<{ readonly run: string; readonly summary: string } | null> {
  const head = await ports.git.resolve(`refs/heads/${branch}`);
  const commit = head === null ? null : await ports.git.readCommit(head);
  const run = commit?.trailers[trailer.run];
  return commit === null || run === undefined ? null : { run, summary: summaryOf(commit.message) };
}

/** Assignee before label (C2); labels of an earlier end go (C7). The claim ref is the truth, these are for people. */
async function mirrorClaim(ports: DevPorts, tick: Tick, item: Item): Promise<void> {
  const { issue } = item;
  const me = await ports.forge.me();
  await tick.effect('labels', `issue:${issue.number}`, labels.inProgress.name, async () => {
    if (!issue.assignees.includes(me)) await ports.forge.ensureAssignees(issue.number, [me]);
    const remove = [labels.backlog.name, labels.blocked.name].filter((name) => issue.labels.has(name));
    const add = issue.labels.has(labels.inProgress.name) ? [] : [labels.inProgress.name];
    if (add.length + remove.length > 0) await ports.forge.ensureLabels(issue.number, { add, remove });
  });
  ports.view.forget({ number: issue.number });
  tick.tell('claimed', `issue:${issue.number}`, { title: firstLine(issue.title) });
}

/** The one pull request of a branch: found or created. */
export async function openPullRequest(ports: DevPorts, tick: Tick, item: Item, branch: string, summary: string): Promise<number> {
  const { issue } = item;
  const title = `${firstLine(issue.title, 180)} (#${issue.number})`;
  const body = [`Fixes #${issue.number}`, '## Changes', publishable(summary, 4000), dataMark({ issue: issue.number, run: tick.run })].join('\n\n');
  const { pullRequest, created } = await tick.effect('pull-request', `issue:${issue.number}`, branch, () =>
    ports.forge.ensurePullRequest({ branch, base: tick.project.branch, title, body }),
  );
  ports.view.forget({ number: issue.number });
  if (created) tick.tell('pull-request', `issue:${issue.number}`, { pr: pullRequest.number, branch });
  return pullRequest.number;
}
