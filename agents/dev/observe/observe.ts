import type { Ports, Tick } from '#agent';
import { parseDependencies, findCycle } from '#domain/dependencies';
import type { Comment, Issue } from '#domain/issue';
import { attemptOf, labels } from '#domain/name';
import type { Park } from '#domain/park';
import { readPark } from '#domain/park';
import type { PullRequest } from '#domain/pull-request';
import { readWorkLog } from '#domain/work-log';
import { type Identities, identities } from '#work/identities';
import { unlabelledFollowUp } from './follow-ups.ts';
import { isMirrored, releasedBy, textDigest } from './park.ts';
import { createWorkObserver, type WorkObserver } from './work.ts';
import type { Dependency, DevSnapshot, Item } from '#dev/snapshot';

export type ObservePorts = Pick<Ports, 'forge' | 'view' | 'git' | 'ci' | 'clock'>;

/** An issue with what its comments say, before anything is derived from the others. */
interface Facts {
  readonly issue: Issue;
  readonly comments: readonly Comment[];
  readonly park: Park | null;
}

/**
 * One snapshot from the view. Costs no forge call when nothing changed, apart from one look at the oldest pending head (a
 * status does not move its pull request) and one at an issue that a review filed without a label.
 */
export async function observeDev(ports: ObservePorts, tick: Tick): Promise<DevSnapshot> {
  const me = await ports.forge.me();
  const who = identities(tick.config, tick.project);
  const pulls = attemptPulls(ports, who, tick.project.branch);
  const facts = new Map<number, Facts>();
  for (const issue of ports.view.issues.values()) {
    if (issue.state !== 'open' || !isRelevant(issue, who, pulls, tick.project.policy.outsiders)) continue;
    const comments = issue.comments > 0 ? await ports.view.comments(issue.number) : [];
    facts.set(issue.number, { issue, comments, park: readPark(comments, who.people) });
  }
  const work = await createWorkObserver(
    ports,
    tick,
    who,
    [...pulls.values()].filter((pull) => pull.state === 'open'),
  );
  const items: Item[] = [];
  for (const fact of [...facts.values()].toSorted((a, b) => a.issue.number - b.issue.number)) {
    items.push(await observeItem(ports, { me, who, facts, pulls, work }, fact));
  }
  const stray = await strays(ports, me, [...pulls.values()]);
  const { policy } = tick.project;
  return { me, items, stray, unlabelled: await unlabelledFollowUp(ports, who.people), limits: policy };
}

interface Context {
  readonly me: string;
  readonly who: Identities;
  readonly facts: ReadonlyMap<number, Facts>;
  readonly pulls: ReadonlyMap<number, PullRequest>;
  readonly work: WorkObserver;
}

async function observeItem(ports: ObservePorts, context: Context, fact: Facts): Promise<Item> {
  const { issue, park, comments } = fact;
  const { me, who } = context;
  const attempts = readWorkLog(comments, me);
  const pull = context.pulls.get(issue.number);
  const landed = pull?.state === 'merged';
  const used = Math.max(park?.attempt ?? 0, landed ? (attemptOf(pull.branch)?.attempt ?? 1) : 0);
  const current = pull !== undefined && !landed && (attemptOf(pull.branch)?.attempt ?? 1) > used ? pull : null;
  const waitsFor = await dependencies(ports, context, fact);
  const active = park !== null && park.unparked === null;
  const timeline = active && !isMirrored(issue, me) ? await ports.forge.listTimeline(issue.number) : [];
  return {
    issue,
    trusted: isTrusted(issue, park, who),
    park,
    mirrored: !active || isMirrored(issue, me),
    edited: active && park.text !== null && park.text !== textDigest(issue),
    released: active ? releasedBy(park, comments, timeline, who.people) : null,
    waitsFor,
    cycle: waitsFor.length === 0 ? null : findCycle(issue.number, (n) => openEdges(ports, context, n)),
    owner: await owner(ports, context, issue),
    attempts,
    landed,
    nextAttempt: used + 1,
    work: current === null || active ? null : await context.work.observe(current, park),
  };
}

/** Newest attempt's pull request per issue, by our own accounts and into our branch (M8: nobody else's are touched). */
function attemptPulls(ports: ObservePorts, who: Identities, branch: string): ReadonlyMap<number, PullRequest> {
  const pulls = new Map<number, PullRequest>();
  for (const pull of ports.view.pullRequests.values()) {
    const attempt = attemptOf(pull.branch);
    if (attempt === null || pull.base !== branch || !who.people.isAgent(pull.author)) continue;
    const known = pulls.get(attempt.issue);
    if (known === undefined || known.number < pull.number) pulls.set(attempt.issue, pull);
  }
  return pulls;
}

function isRelevant(issue: Issue, who: Identities, pulls: ReadonlyMap<number, PullRequest>, outsiders: 'park' | 'ignore'): boolean {
  const mine = [labels.backlog, labels.blocked, labels.inProgress].some((label) => issue.labels.has(label.name));
  if (mine || pulls.has(issue.number)) return true;
  return outsiders === 'park' && !(who.people.isMaintainer(issue.author) || who.people.isAgent(issue.author));
}

function isTrusted(issue: Issue, park: Park | null, who: Identities): boolean {
  if (who.people.isMaintainer(issue.author) || who.people.isAgent(issue.author)) return true;
  return park !== null && park.approvedText === textDigest(issue);
}

async function dependencies(ports: ObservePorts, context: Context, fact: Facts): Promise<readonly Dependency[]> {
  const numbers = new Set([...parseDependencies(fact.issue.body), ...(fact.park?.waitsFor ?? [])]);
  const found: Dependency[] = [];
  for (const number of numbers) {
    const pull = ports.view.pullRequests.get(number);
    const issue = pull === undefined ? await ports.view.issue(number) : null;
    const other = context.facts.get(number);
    if (pull !== undefined) {
      if (pull.state === 'open') found.push({ number, state: 'open' });
    } else if (issue === null) found.push({ number, state: 'missing' });
    else if (issue.state === 'open') found.push({ number, state: isStopped(other, context.who) ? 'parked' : 'open' });
  }
  return found;
}

/** Parked, or about to be because its author is an outsider. */
function isStopped(fact: Facts | undefined, who: Identities): boolean {
  if (fact === undefined) return false;
  return (fact.park !== null && fact.park.unparked === null) || !isTrusted(fact.issue, fact.park, who);
}

function openEdges(ports: ObservePorts, context: Context, number: number): readonly number[] {
  const issue = ports.view.issues.get(number);
  if (issue === undefined || issue.state !== 'open') return [];
  return [...parseDependencies(issue.body), ...(context.facts.get(number)?.park?.waitsFor ?? [])];
}

/** A bare assignee of a dead agent is not work (C19): only a living claim makes an item somebody else's. */
async function owner(ports: ObservePorts, context: Context, issue: Issue): Promise<Item['owner']> {
  if (issue.assignees.some((login) => !context.who.people.isAgent(login))) return 'person';
  if (issue.assignees.includes(context.me)) return 'me';
  if (issue.assignees.length === 0) return 'nobody';
  const claim = await context.work.claim(issue.number);
  return claim !== null && claim.expiresAt > ports.clock.now() ? 'other-agent' : 'nobody';
}

/** Own open pull requests whose issue a person closed (D11). */
async function strays(ports: ObservePorts, me: string, pulls: readonly PullRequest[]): Promise<readonly PullRequest[]> {
  const found: PullRequest[] = [];
  for (const pull of pulls) {
    const issue = attemptOf(pull.branch)?.issue;
    if (pull.state !== 'open' || pull.author !== me || issue === undefined) continue;
    if ((await ports.view.issue(issue))?.state === 'closed') found.push(pull);
  }
  return found;
}
