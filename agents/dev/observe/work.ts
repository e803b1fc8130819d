import type { Ports, Tick } from '#agent';
import { CiError, type CiFailure } from '#ci';
import type { CommitStatus } from '#domain/check';
import { trailer } from '#domain/name';
import type { Park } from '#domain/park';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import { readWorkLog } from '#domain/work-log';
import { reviewState } from '#domain/verdict';
import { readMergeReport } from '#domain/merge/report';
import type { Claim } from '#git';
import { type Checks, pullRequestChecks } from '#work/checks';
import type { Identities } from '#work/identities';
import { freshenStore, lookSeconds, nextToLookAt } from '#work/lookout';
import type { Round, Work } from '#dev/snapshot';
import { unansweredReviews } from './unanswered.ts';

type Needs = Pick<Ports, 'view' | 'git' | 'ci' | 'clock'>;

export interface WorkObserver {
  observe(pull: PullRequest, park: Park | null): Promise<Work>;
  claim(issue: number): Promise<Claim | null>;
}

/** What one agent remembers between ticks. Losing it costs calls, nothing else. */
interface Memory {
  readonly failures: Map<string, readonly CiFailure[]>;
  claims: { readonly at: number; readonly list: readonly Claim[] } | null;
}

const memories = new WeakMap<object, Memory>();
const claimsSeconds = 60;

/** Prepares looking at the given pull requests: brings the store up to date when the picture moved, picks whose statuses to ask for. */
export async function createWorkObserver(ports: Needs, tick: Tick, who: Identities, pulls: readonly PullRequest[]): Promise<WorkObserver> {
  const memory = remember(ports.view);
  const now = ports.clock.monotonic();
  if (pulls.length > 0) await freshenStore(ports);
  const tip = await ports.git.resolve(`refs/heads/${tick.project.branch}`);
  const asked = nextToLookAt(ports.view, pulls, now, 'sharing');
  return {
    observe: (pull, park) => observeWork(ports, tick, who, memory, { pull, park, tip: tip ?? pull.head, fresh: pull.number === asked }),
    async claim(issue) {
      if (memory.claims === null || now - memory.claims.at > claimsSeconds * 1000) memory.claims = { at: now, list: await ports.git.claims.list() };
      return memory.claims.list.find((claim) => claim.name === String(issue)) ?? null;
    },
  };
}

function remember(key: object): Memory {
  let memory = memories.get(key);
  if (memory === undefined) {
    memory = { failures: new Map(), claims: null };
    memories.set(key, memory);
  }
  return memory;
}

async function observeWork(
  ports: Needs,
  tick: Tick,
  who: Identities,
  memory: Memory,
  look: { readonly pull: PullRequest; readonly park: Park | null; readonly tip: Sha; readonly fresh: boolean },
): Promise<Work> {
  const { pull, park, tip } = look;
  const since = park?.at ?? '';
  const open = pull.state === 'open';
  const checks: Checks = open
    ? await pullRequestChecks(ports, tick.project, pull, tip, look.fresh ? lookSeconds(ports.view) : Number.POSITIVE_INFINITY)
    : { state: { kind: 'none', head: pull.head }, statuses: [] };
  const comments = open && pull.comments > 0 ? await ports.view.comments(pull.number) : [];
  const reviews = open ? await ports.view.reviews(pull.number) : [];
  const { reviewers } = who;
  const verdict = reviewState(reviews, pull.head, pull.author, { reviewers, people: who.people });
  const asked = reviews.filter((r) => r.verdict === 'changes-requested' && r.submittedAt.toISOString() > since && r.author !== pull.author);
  const report = readMergeReport(comments, who.ofRole('merger'), pull.head);
  const failed = [...reviewers].flatMap((reviewer) => readWorkLog(comments, reviewer)).filter((a) => a.head === pull.head && a.at > since);
  const red = await redFacts(ports, memory, checks, report?.kind === 'red-result' ? report : null);
  const rounds = open ? await readRounds(ports, tip, pull.head) : [];
  const unanswered = unansweredReviews(rounds, reviews, comments, who.people);
  return {
    pullRequest: pull,
    checks: checks.state,
    ...red,
    rounds,
    review: { verdict: verdict.verdict, asked: verdict.asked, requested: asked.length, unanswered },
    merge: open ? await mergeState(ports, tip, pull, report) : { kind: 'clean' },
    refused: report?.kind === 'refused' && (report.at > since || since === '') ? report.why : null,
    reviewFailures: { count: failed.length, why: failed.at(-1)?.why ?? '' },
  };
}

type Report = NonNullable<ReturnType<typeof readMergeReport>>;

async function redFacts(
  ports: Needs,
  memory: Memory,
  checks: Checks,
  report: Extract<Report, { kind: 'red-result' }> | null,
): Promise<Pick<Work, 'infra' | 'cause' | 'unread'>> {
  if (checks.state.kind !== 'failure') return { infra: null, unread: null, cause: report === null ? '' : `merge result: ${report.contexts.join(', ')}` };
  const { head, failed } = checks.state;
  const key = failed.map((status) => status.id).join();
  const contexts = failed.map((status) => status.context).join(', ');
  const failures = memory.failures.get(key) ?? (await ports.ci.failures(head, failed).catch(unreadable));
  if (typeof failures === 'string') return { infra: null, unread: failures, cause: contexts };
  memory.failures.set(key, failures);
  const runs = Math.max(...failed.map((status) => countRuns(checks.statuses, status)));
  const cause = [...new Set(failures.map((failure) => `${failure.context}/${failure.step}`))].toSorted().join(', ');
  return {
    infra: { onlyInfra: failures.length > 0 && failures.every((failure) => failure.cause === 'infra'), runs },
    unread: null,
    cause: cause === '' ? contexts : cause,
  };
}

/** A CI that is away holds up the repair of this change, and nothing else. */
function unreadable(error: unknown): string {
  if (error instanceof CiError) return error.message;
  throw error;
}

/** How often a context ended red on a head: the retry budget, kept by the forge itself. */
function countRuns(statuses: readonly CommitStatus[], of: CommitStatus): number {
  return statuses.filter((s) => s.context === of.context && s.creator === of.creator && (s.state === 'failure' || s.state === 'error')).length;
}

/** Accepted rounds from commit trailers: part of the branch, so that no lost ledger resets a budget. */
async function readRounds(ports: Needs, tip: Sha, head: Sha): Promise<readonly Round[]> {
  const base = await ports.git.mergeBase(tip, head);
  if (base === null) return [];
  const commits = await ports.git.listCommits(base, head);
  return commits.flatMap((commit) => {
    const task = commit.trailers[trailer.task];
    if (task === undefined) return [];
    return [
      {
        head: commit.sha,
        task,
        run: commit.trailers[trailer.run] ?? '',
        cause: commit.trailers[trailer.cause] ?? '',
        at: commit.trailers[trailer.at] ?? commit.at.toISOString(),
      },
    ];
  });
}

async function mergeState(ports: Needs, tip: Sha, pull: PullRequest, report: Report | null): Promise<Work['merge']> {
  if (report?.kind === 'red-result' && report.base === tip) return { kind: 'red-result', commit: report.commit };
  const result = await ports.git.mergeResult(tip, pull.head);
  return result.kind === 'conflict' ? result : { kind: 'clean' };
}
