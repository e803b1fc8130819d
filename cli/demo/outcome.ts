import type { Ledger } from '#ledger';
import { identities } from '#work/identities';
import type { Config, ProjectConfig } from '#config';
import type { Issue } from '#domain/issue';
import { attemptOf, labels } from '#domain/name';
import { parkReason, readPark } from '#domain/park';
import type { PullRequest } from '#domain/pull-request';
import type { Forge } from '#forge';
import type { Git } from '#git';

/** How one issue ended; the shape of the last JSON line. */
export interface IssueOutcome {
  readonly number: number;
  readonly title: string;
  readonly origin: 'given' | 'follow-up';
  readonly state: 'merged' | 'closed' | 'parked' | 'open';
  /** `slug: prose`; of parked ones, and of open ones that nobody queued. */
  readonly reason?: string;
  readonly pr?: number;
  readonly mergeCommit?: string;
  readonly ciRounds: number;
  readonly reviewRounds: number;
  readonly tokens: number;
}

export interface OutcomePorts {
  readonly forge: Forge;
  readonly git: Git;
  readonly ledger: Ledger;
  readonly config: Config;
  readonly project: ProjectConfig;
  /** Numbers of the given issues. */
  readonly given: readonly number[];
}

/** Reads every issue's end from the forge; only tokens come from the ledger. */
export async function readOutcomes(ports: OutcomePorts): Promise<readonly IssueOutcome[]> {
  const { forge, git } = ports;
  await git.fetch();
  const changes = await forge.changes(new Date(0));
  const pulls = await newestPulls(
    forge,
    changes.filter((change) => change.kind === 'pull-request').map((change) => change.number),
  );
  const outcomes: IssueOutcome[] = [];
  for (const change of changes.filter((c) => c.kind === 'issue').toSorted((a, b) => a.number - b.number)) {
    outcomes.push(await readOutcome(ports, change.issue, pulls.get(change.number) ?? null));
  }
  return outcomes;
}

async function newestPulls(forge: Forge, numbers: readonly number[]): Promise<ReadonlyMap<number, PullRequest>> {
  const pulls = new Map<number, PullRequest>();
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const pull = await forge.findPullRequest(number);
    const issue = pull === null ? undefined : attemptOf(pull.branch)?.issue;
    if (pull !== null && issue !== undefined) pulls.set(issue, pull);
  }
  return pulls;
}

async function readOutcome(ports: OutcomePorts, issue: Issue, pull: PullRequest | null): Promise<IssueOutcome> {
  const { forge, config, project } = ports;
  const sessions = ports.ledger.sessions.list({ project: project.name, issue: issue.number });
  const tokens = sessions.reduce((sum, session) => sum + session.usage.inputTokens + session.usage.outputTokens, 0);
  const given = ports.given.includes(issue.number);
  const state = await readState(forge, config, project, issue, pull);
  const reason = state.state === 'open' && given && pull === null && !isQueued(issue.labels) ? notQueued : null;
  return {
    number: issue.number,
    title: issue.title,
    origin: given ? 'given' : 'follow-up',
    ...state,
    ...(reason === null ? {} : { reason }),
    ...(pull === null ? {} : { pr: pull.number }),
    ...(pull?.mergeCommit ? { mergeCommit: pull.mergeCommit } : {}),
    ciRounds: pull === null ? 0 : await countCiRounds(ports, pull),
    reviewRounds: pull === null ? 0 : (await forge.listReviews(pull.number)).filter((review) => review.verdict !== 'commented').length,
    tokens,
  };
}

const notQueued = `not-queued: label it ${labels.backlog.name}`;

const isQueued = (names: ReadonlySet<string>): boolean => [labels.backlog, labels.inProgress, labels.blocked].some((label) => names.has(label.name));

async function readState(
  forge: Forge,
  config: Config,
  project: ProjectConfig,
  issue: { number: number; state: string; comments: number },
  pull: PullRequest | null,
): Promise<Pick<IssueOutcome, 'state' | 'reason'>> {
  if (pull?.state === 'merged' && issue.state === 'closed') return { state: 'merged' };
  if (issue.state === 'closed') return { state: 'closed' };
  const comments = issue.comments > 0 ? await forge.listComments(issue.number) : [];
  const park = readPark(comments, identities(config, project).people);
  return park !== null && park.unparked === null ? { state: 'parked', reason: parkReason(park) } : { state: 'open' };
}

/** Heads of the pull request on which the CI account left a final status. */
async function countCiRounds({ forge, git, project }: OutcomePorts, pull: PullRequest): Promise<number> {
  const landed = pull.mergeCommit === null ? null : await git.readCommit(pull.mergeCommit);
  const tip = landed?.parents[0] ?? (await git.resolve(`refs/heads/${pull.base}`));
  const base = tip === null ? null : await git.mergeBase(tip, pull.head);
  if (tip === null || base === null) return 0;
  const commits = await git.listCommits(base, pull.head);
  let rounds = 0;
  for (const commit of commits) {
    const statuses = await forge.listStatuses(commit.sha);
    if (statuses.some((status) => status.creator === project.ci.account && status.state !== 'pending')) rounds += 1;
  }
  return rounds;
}
