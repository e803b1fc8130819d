import type { Ports, Tick } from '#agent';
import { attemptOf, labels, mergeBranch } from '#domain/name';
import { readMergeReport } from '#domain/merge/report';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import { reviewState } from '#domain/verdict';
import { pullRequestChecks, subjectChecks } from '#work/checks';
import { freshenStore, lookSeconds, nextToLookAt } from '#work/lookout';
import { type Identities, identities } from '#work/identities';
import { resumedAt } from '#work/resumed';
import type { Candidate, Result } from './decide.ts';

export type MergerPorts = Pick<Ports, 'forge' | 'view' | 'git' | 'ci' | 'clock' | 'ledger'>;

export interface MergerSnapshot {
  /** Tip of the base branch that everything was computed on. */
  readonly tip: Sha | null;
  readonly candidates: readonly Candidate[];
}

/**
 * Approved pull requests of our own agents, oldest first. Asks the forge only about those that an approval makes worth it. `sure`: those
 * whose checks must have been asked for since then; no other is asked about then.
 */
export async function observeMerger(ports: MergerPorts, tick: Tick, sure: Sure | null = null): Promise<MergerSnapshot> {
  const who = identities(tick.config, tick.project);
  const approved: { pull: PullRequest; approval: Candidate['approval']; issue: number | null }[] = [];
  for (const pull of [...ports.view.pullRequests.values()].toSorted((a, b) => a.number - b.number)) {
    if (pull.state !== 'open' || pull.draft || pull.base !== tick.project.branch || !who.people.isAgent(pull.author)) continue;
    const issue = attemptOf(pull.branch)?.issue ?? null;
    if (issue !== null && !(await mayLand(ports, who, issue))) continue;
    const state = reviewState(await ports.view.reviews(pull.number), pull.head, pull.author, { reviewers: who.reviewers, people: who.people });
    if (state.approval !== null) approved.push({ pull, approval: state.approval, issue });
  }
  if (approved.length === 0) return { tip: null, candidates: [] };
  await freshenStore(ports);
  const tip = await ports.git.resolve(`refs/heads/${tick.project.branch}`);
  if (tip === null) return { tip: null, candidates: [] };
  const pulls = approved.map(({ pull }) => pull);
  const asked = sure === null ? nextToLookAt(ports.view, pulls, ports.clock.monotonic(), 'alone') : null;
  const candidates: Candidate[] = [];
  for (const { pull, approval, issue } of approved) {
    candidates.push(await observeCandidate(ports, tick, who, { pull, approval, issue, tip, age: ageFor(ports, pull.number, asked, sure) }));
  }
  return { tip, candidates };
}

interface Sure {
  readonly numbers: ReadonlySet<number>;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/** Age in seconds that the answer about the checks of this pull request may have. */
function ageFor({ view, clock }: MergerPorts, number: number, asked: number | null, sure: Sure | null): number {
  if (sure?.numbers.has(number) === true) return (clock.monotonic() - sure.since) / 1000;
  return number === asked ? lookSeconds(view) : Number.POSITIVE_INFINITY;
}

/** Age in seconds that a look at a head may have while its merge result is what is tested. */
const testedSeconds = 60;

/** People stay in charge: a parked or closed issue, or one that a person took, does not land by itself. */
async function mayLand(ports: MergerPorts, who: Identities, number: number): Promise<boolean> {
  const issue = await ports.view.issue(number);
  if (issue === null || issue.state === 'closed' || issue.labels.has(labels.blocked.name)) return false;
  return issue.assignees.every((login) => who.people.isAgent(login));
}

async function observeCandidate(
  ports: MergerPorts,
  tick: Tick,
  who: Identities,
  seen: { readonly pull: PullRequest; readonly approval: Candidate['approval']; readonly issue: number | null; readonly tip: Sha; readonly age: number },
): Promise<Candidate> {
  const { pull, tip, age } = seen;
  const result = await observeResult(ports, tick, pull, tip, age);
  // What lands is what was tested: a look at the head itself may be older when its merge result has checks of its own.
  const { state: checks } = await pullRequestChecks(ports, tick.project, pull, tip, result.kind === 'on-branch' ? Math.max(age, testedSeconds) : age);
  const comments = pull.comments > 0 ? await ports.view.comments(pull.number) : [];
  const report = readMergeReport(comments, who.ofRole('merger'), pull.head);
  const refused = report?.kind === 'refused' && (await resumedAt(ports.view, who.people, seen.issue, comments)) <= report.at;
  return {
    pullRequest: pull,
    issue: seen.issue,
    approval: seen.approval,
    checks,
    result,
    refused,
  };
}

async function observeResult(ports: MergerPorts, tick: Tick, pull: PullRequest, tip: Sha, age: number): Promise<Result> {
  const { git } = ports;
  const merged = await git.mergeResult(tip, pull.head);
  if (merged.kind === 'conflict') return { kind: 'conflict' };
  if (await git.isAncestor(tip, pull.head)) return { kind: 'head', tree: merged.tree };
  const commit = await git.resolve(`refs/heads/${mergeBranch(pull.number)}`);
  const parents = commit === null ? [] : ((await git.readCommit(commit))?.parents ?? []);
  if (commit === null || parents[0] !== tip || parents[1] !== pull.head) return { kind: 'untested', tree: merged.tree };
  const subject = { kind: 'merge-result', head: commit, base: tip, branch: pull.base, number: pull.number } as const;
  const { state } = await subjectChecks(ports, tick.project, subject, age);
  return { kind: 'on-branch', tree: merged.tree, commit, checks: state };
}
