import type { Clock } from '#clock';
import type { Issue } from '#domain/issue';
import type { PullRequest } from '#domain/pull-request';
import type { Change, Forge } from '#forge';
import { type Items, type PullRequestEntry, withoutOldClosed } from './items.ts';
import { inParallel } from './parallel.ts';

/** Requests that one refresh has under way at most. */
const width = 4;
/** From this many changed pull requests on, one list costs less than asking for each. */
const listFrom = 2;
const overlapMs = 1000;
/** A list longer than this came in several pages, read one after another. */
const pageSize = 50;

interface Source {
  readonly forge: Forge;
  readonly clock: Clock;
  /** How old a pull request that was read too close to its change may get before it is read once more (0). */
  readonly patienceMs?: () => number;
}

/** Reads the forge's clock before a request: what is read afterwards is at least as new. */
export const forgeTimeOf = (forge: Forge): number => forge.forgeTime?.()?.getTime() ?? Number.NEGATIVE_INFINITY;

/** True when the forge's clock at `asked` had left the second of `updatedAt`: a later change must carry a later time stamp. */
export const isSettled = (updatedAt: Date, asked: number): boolean => asked - updatedAt.getTime() >= overlapMs;

/** Everything that is open, read anew; known items that are open no more are asked for one by one. */
export async function loadAll(source: Source, old: Items): Promise<Items> {
  const { forge } = source;
  const { changes: open, watermark } = await readChanges(source, null, null);
  const issues = new Map([...old.issues].filter(([, issue]) => issue.state === 'closed'));
  for (const change of open) if (change.kind === 'issue') issues.set(change.number, change.issue);
  const left = [...old.issues.keys()].filter((number) => !issues.has(number));
  for (const issue of await inParallel(left, width, forge.findIssue)) if (issue !== null) issues.set(issue.number, issue);

  const known = [...old.pullRequests.values()].filter((each) => each.pullRequest.state === 'open').map((each) => each.pullRequest.number);
  const numbers = new Set([...open.filter((each) => each.kind === 'pull-request').map((each) => each.number), ...known]);
  const pullRequests = new Map([...old.pullRequests].filter(([number]) => !numbers.has(number)));
  for (const entry of await readPullRequests(source, [...numbers])) pullRequests.set(entry.pullRequest.number, entry);
  return withoutOldClosed({ issues, pullRequests, watermark });
}

/** What changed since the watermark, with one second of overlap. One request when nothing did. */
export async function loadChanges(source: Source, old: Items, forgotten: ReadonlySet<number>): Promise<Items> {
  if (old.watermark === null) return loadAll(source, old);
  const { changes, watermark } = await readChanges(source, new Date(old.watermark.getTime() - overlapMs), old.watermark);
  const issues = new Map(old.issues);
  for (const change of changes) if (change.kind === 'issue') issues.set(change.number, change.issue);

  const pullRequests = new Map(old.pullRequests);
  const forgottenOnes = [...forgotten].filter((number) => mergedOf(pullRequests, number) === null && pullRequests.has(number));
  const numbers = new Set([...forgottenOnes, ...doubtful(source, old)]);
  for (const change of changes) {
    const merged = change.kind === 'issue' ? null : mergedOf(pullRequests, change.number);
    if (merged !== null) pullRequests.set(change.number, { ...merged, pullRequest: withTalk(merged.pullRequest, change.issue) });
    else if (isNews(change, old, source)) numbers.add(change.number);
  }
  for (const number of numbers) pullRequests.delete(number);
  for (const entry of await readPullRequests(source, [...numbers])) pullRequests.set(entry.pullRequest.number, entry);
  return withoutOldClosed({ issues, pullRequests, watermark });
}

/**
 * The watermark comes from this list alone: a pull request read later may carry a newer time than changes that the list missed. It
 * is held back by the time that several pages took, and never runs ahead of the forge's clock, should that have been set back.
 */
async function readChanges(
  { forge, clock }: Source,
  since: Date | null,
  old: Date | null,
): Promise<{ readonly changes: readonly Change[]; readonly watermark: Date | null }> {
  const started = clock.monotonic();
  const changes = await forge.changes(since);
  const slackMs = changes.length > pageSize ? clock.monotonic() - started : 0;
  const newest = Math.max(old?.getTime() ?? Number.NEGATIVE_INFINITY, ...changes.map((each) => each.updatedAt.getTime() - slackMs));
  if (newest === Number.NEGATIVE_INFINITY) return { changes, watermark: null };
  return { changes, watermark: new Date(Math.min(newest, forge.forgeTime?.()?.getTime() ?? newest)) };
}

/** A merged pull request stays as it is but for what people say on it, which the list of changes shows. */
const mergedOf = (pulls: Items['pullRequests'], number: number): PullRequestEntry | null => {
  const known = pulls.get(number);
  return known?.pullRequest.state === 'merged' ? known : null;
};

function withTalk(pull: PullRequest, { title, body, labels, assignees, comments, updatedAt }: Issue): PullRequest {
  return { ...pull, title, body, labels, assignees, comments, updatedAt };
}

/** The list shows that it is not as we know it, or that it may not be: read within the second of its change, long enough ago. */
function isNews(change: Change, old: Items, source: Source): boolean {
  if (change.kind === 'issue') return false;
  const entry = old.pullRequests.get(change.number);
  if (entry === undefined || isDoubtful(source, entry)) return true;
  const { updatedAt, comments, state } = entry.pullRequest;
  const { issue } = change;
  return updatedAt.getTime() !== change.updatedAt.getTime() || comments !== issue.comments || (state === 'open') !== (issue.state === 'open');
}

const isDoubtful = ({ clock, patienceMs = () => 0 }: Source, { settled, readAt }: PullRequestEntry): boolean =>
  !settled && clock.monotonic() - readAt >= patienceMs();

/** Open pull requests to look at a second time although nothing is said of them. A forge that tells no time settles nothing: there lists must do. */
function doubtful(source: Source, { pullRequests }: Items): readonly number[] {
  if (forgeTimeOf(source.forge) === Number.NEGATIVE_INFINITY) return [];
  const open = [...pullRequests.values()].filter((entry) => entry.pullRequest.state === 'open');
  return open.filter((entry) => isDoubtful(source, entry)).map((entry) => entry.pullRequest.number);
}

async function readPullRequests({ forge, clock }: Source, numbers: readonly number[]): Promise<readonly PullRequestEntry[]> {
  const asked = forgeTimeOf(forge);
  const readAt = clock.monotonic();
  const open = numbers.length < listFrom ? [] : await forge.listOpenPullRequests();
  const listed = new Map(open.map((each) => [each.number, each]));
  const found = await inParallel(numbers, width, async (number) => listed.get(number) ?? forge.findPullRequest(number));
  return found
    .filter((each): each is PullRequest => each !== null)
    .map((pullRequest) => ({ pullRequest, settled: isSettled(pullRequest.updatedAt, asked), readAt }));
}
