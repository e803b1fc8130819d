import type { Ports, Tick } from '#agent';
import type { Comment, Issue } from '#domain/issue';
import { attemptOf, labels } from '#domain/name';
import type { PullRequest, Review } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import { readWorkLog } from '#domain/work-log';
import { pullRequestChecks } from '#work/checks';
import { identities } from '#work/identities';
import { resumedAt } from '#work/resumed';
import { freshenStore, lookSeconds, nextToLookAt } from '#work/lookout';

export type ReviewerPorts = Pick<Ports, 'forge' | 'view' | 'git' | 'ci' | 'sessions' | 'ledger' | 'clock'>;

/** One pull request whose head nobody of us has reviewed, and what decides whether to do it now. */
export interface Reviewable {
  readonly pullRequest: PullRequest;
  readonly issue: Issue;
  readonly comments: readonly Comment[];
  /** My reviews of earlier heads, oldest first. */
  readonly earlier: readonly Review[];
  readonly tip: Sha;
  readonly checks: 'none' | 'pending' | 'success' | 'failure';
  /** My failed sessions on this head. */
  readonly failures: number;
}

/** Open pull requests of our agents whose head has no review of mine (R4: a new head is a new review), oldest first. */
export async function observeReviewer(ports: ReviewerPorts, tick: Tick): Promise<readonly Reviewable[]> {
  const me = await ports.forge.me();
  const who = identities(tick.config, tick.project);
  const open: { pull: PullRequest; issue: Issue; mine: readonly Review[] }[] = [];
  for (const pull of [...ports.view.pullRequests.values()].toSorted((a, b) => a.number - b.number)) {
    if (pull.state !== 'open' || pull.draft || pull.base !== tick.project.branch || !who.people.isAgent(pull.author) || pull.author === me) continue;
    const number = attemptOf(pull.branch)?.issue;
    const issue = number === undefined ? null : await ports.view.issue(number);
    if (issue === null || issue.state === 'closed' || issue.labels.has(labels.blocked.name)) continue;
    const mine = (await ports.view.reviews(pull.number)).filter((review) => review.author === me && review.verdict !== 'commented');
    if (mine.some((review) => review.head === pull.head && !review.dismissed)) continue;
    open.push({ pull, issue, mine });
  }
  if (open.length === 0) return [];
  await freshenStore(ports);
  const tip = await ports.git.resolve(`refs/heads/${tick.project.branch}`);
  if (tip === null) return [];
  const asked = nextToLookAt(
    ports.view,
    open.map(({ pull }) => pull),
    ports.clock.monotonic(),
    'sharing',
  );
  const found: Reviewable[] = [];
  for (const { pull, issue, mine } of open) {
    const { state } = await pullRequestChecks(ports, tick.project, pull, tip, pull.number === asked ? lookSeconds(ports.view) : Number.POSITIVE_INFINITY);
    const comments = pull.comments > 0 ? await ports.view.comments(pull.number) : [];
    const failed = readWorkLog(comments, me).filter((attempt) => attempt.head === pull.head);
    const since = failed.length === 0 ? '' : await resumedAt(ports.view, who.people, issue.number, comments);
    const failures = failed.filter((attempt) => attempt.at > since).length;
    found.push({ pullRequest: pull, issue, comments, earlier: mine, tip, checks: state.kind, failures });
  }
  return found;
}
