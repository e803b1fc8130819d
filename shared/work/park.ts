import type { Tick } from '#agent';
import type { Clock } from '#clock';
import type { Comment, Issue } from '#domain/issue';
import { labels } from '#domain/name';
import { type Park, parkKey, parkReason, renderPark, unparksText } from '#domain/park';
import { firstLine, publishable } from '#domain/publishable';
import type { Forge } from '#forge';
import type { View } from '#forge/view';
import type { Git } from '#git';

export interface ParkPorts {
  readonly forge: Forge;
  readonly view: View;
  readonly git: Git;
  readonly clock: Clock;
}

export interface ParkRequest {
  readonly issue: Issue;
  readonly previous: Park | null;
  readonly slug: string;
  readonly prose: string;
  readonly waitsFor: readonly number[];
  readonly until: Park['until'];
  readonly held: Park['held'];
  readonly attempt: number;
  /** Digest of the text that a maintainer's approval is about, if it is. */
  readonly text?: string | null;
}

/** Parks an issue: the record as a comment first, then the labels, then the claim is given back. Idempotent. */
export async function parkIssue(ports: ParkPorts, tick: Tick, request: ParkRequest): Promise<void> {
  const { issue, previous } = request;
  const park: Park = {
    slug: request.slug,
    prose: firstLine(request.prose, 400),
    unparked: null,
    at: ports.clock.now().toISOString(),
    run: tick.run,
    seen: await lastWord(ports, issue),
    waitsFor: [...request.waitsFor],
    until: request.until,
    text: request.text ?? null,
    approvedText: previous?.approvedText ?? null,
    held: request.held,
    attempt: Math.max(request.attempt, previous?.attempt ?? 0),
  };
  await writePark(ports, tick, issue.number, park);
  await mirrorPark(ports, tick, issue);
  tick.tell('parked', `issue:${issue.number}`, { reason: parkReason(park) });
}

/** Makes labels, assignee and claim agree with a park record. Asks for the issue anew: this very run may have claimed it since it was seen (D8). */
export async function mirrorPark(ports: ParkPorts, tick: Tick, seen: Issue): Promise<void> {
  const me = await ports.forge.me();
  const issue = (await ports.forge.findIssue(seen.number)) ?? seen;
  await tick.effect('labels', `issue:${issue.number}`, 'blocked', () =>
    ports.forge.ensureLabels(issue.number, { add: [labels.blocked.name], remove: present(issue, [labels.backlog.name, labels.inProgress.name]) }),
  );
  if (issue.assignees.includes(me)) {
    const claim = await ports.git.claims.find(String(issue.number));
    if (claim !== null && claim.agent === tick.agent) await ports.git.claims.release(claim);
    // Last, since it is what shows that the others are done.
    await ports.forge.ensureAssignees(
      issue.number,
      issue.assignees.filter((login) => login !== me),
    );
  }
  ports.view.forget({ number: issue.number });
}

/**
 * Lets a parked issue go on. `working`: its pull request is open, so it is in progress rather than queued. Labels first: while the record
 * still says parked, what let the issue go on is seen again after a crash; labels that nobody looks at any more would stay for ever.
 */
export async function unparkIssue(
  ports: ParkPorts,
  tick: Tick,
  issue: Issue,
  park: Park,
  change: { readonly by: string; readonly working: boolean; readonly approvedText: string | null },
): Promise<void> {
  const next: Park = { ...park, unparked: change.by, at: ports.clock.now().toISOString(), approvedText: change.approvedText ?? park.approvedText, held: null };
  const add = change.working ? labels.inProgress.name : labels.backlog.name;
  const remove = [labels.blocked.name, change.working ? labels.backlog.name : labels.inProgress.name];
  await tick.effect('labels', `issue:${issue.number}`, add, () =>
    ports.forge.ensureLabels(issue.number, { add: issue.labels.has(add) ? [] : [add], remove: present(issue, remove) }),
  );
  await writePark(ports, tick, issue.number, next);
  ports.view.forget({ number: issue.number });
  tick.tell('un-parked', `issue:${issue.number}`, { by: change.by });
}

async function writePark(ports: ParkPorts, tick: Tick, issue: number, park: Park): Promise<void> {
  await tick.effect('comment', `issue:${issue}`, park.slug, () =>
    ports.forge.ensureComment(issue, parkKey, renderPark({ ...park, prose: publishable(park.prose, 400) }, unparksText(park))),
  );
}

/** Highest id among comments and events: what is said later un-parks. */
async function lastWord(ports: ParkPorts, issue: Issue): Promise<number> {
  const comments: readonly Comment[] = issue.comments > 0 ? await ports.view.comments(issue.number) : [];
  const events = await ports.forge.listTimeline(issue.number);
  return Math.max(0, ...comments.map((comment) => comment.id), ...events.map((event) => event.id));
}

function present(issue: Issue, names: readonly string[]): readonly string[] {
  return names.filter((name) => issue.labels.has(name));
}
