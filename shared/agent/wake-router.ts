import type { WakeEvent } from '#agent';
import type { PullRequest } from '#domain/pull-request';
import { asSha } from '#domain/sha';
import { toldOfPush } from '#work/lookout';
import type { Host } from './host.ts';
import { scheduleKey } from './hosted.ts';
import type { HostedAgent } from './hosted.ts';
import type { DeliveryMark } from './webhook/delivery.ts';
import type { WebhookFacts } from './webhook/event.ts';
import type { Woken } from './webhook/webhook.ts';

/** Says whom a delivery woke. Throws `LedgerError` when that cannot be recorded. */
export type WakeRouter = (event: WakeEvent, facts: WebhookFacts, delivery: DeliveryMark) => Woken;

/**
 * Hands an event of the forge to the agents that care. Everybody on that repository forgets what the event made stale. An
 * agent is not woken by what its own account did (its follow-up sees that anyway), except by statuses. Nobody is woken by what
 * nobody can act on: a status that is not final, a push beside the project's branch.
 */
export function createWakeRouter(host: Pick<Host, 'wake'>, slots: readonly HostedAgent[]): WakeRouter {
  return (event, facts, { id, digest }) => {
    const here = slots.filter((slot) => slot.project.repository.toLowerCase() === facts.repository.toLowerCase());
    for (const slot of here) {
      slot.ports.view.heard(event === 'status' ? 'statuses' : 'items');
      forget(slot, event, facts);
      if (event === 'push' && !isBeside(event, facts, slot) && isCommit(facts.sha)) toldOfPush(slot.ports.view, slot.project.branch, asSha(facts.sha));
    }
    const cause = { kind: 'webhook', event, delivery: id, digest } as const;
    const woken = here
      .filter((slot) => cares(event, facts, slot))
      .map((slot) => host.wake(scheduleKey(slot.name, slot.project.name), `${event}:${subjectOf(facts)}`, cause));
    if (woken.length === 0) return 'nobody';
    return woken.includes(true) ? 'woken' : 'known';
  };
}

function cares(event: WakeEvent, facts: WebhookFacts, slot: HostedAgent): boolean {
  const ownDoing = event !== 'status' && facts.sender === slot.settings.identity;
  return !ownDoing && !isBeside(event, facts, slot) && namesOf(event, facts, slot).some((name) => slot.agent.wakes.includes(name));
}

/** Only an event of a status says something about the statuses of a commit, though others name one. */
function forget({ ports: { view } }: HostedAgent, event: WakeEvent, { number, sha, state }: WebhookFacts): void {
  if (number !== null) view.forget({ number });
  if (event !== 'status' || !isCommit(sha)) return;
  if (state === 'pending') view.checkStarted(asSha(sha));
  else view.forget({ head: asSha(sha) });
}

/** Of a deleted branch the forge says only zeros. */
function isCommit(sha: string | null): sha is string {
  return sha !== null && !/^0+$/.test(sha);
}

function subjectOf({ number, sha }: WebhookFacts): string {
  return number === null ? (sha ?? 'repository') : String(number);
}

/** The event and the part of it that happened; none when nobody has to look. */
function namesOf(event: WakeEvent, facts: WebhookFacts, slot: HostedAgent): readonly WakeEvent[] {
  if (event === 'status') return statusNames(facts, [...slot.ports.view.pullRequests.values()]);
  if (event === 'review') return [event, facts.state === 'approved' ? 'review-approved' : 'review-other'];
  if (event === 'pull-request') return [event, facts.action === 'closed' ? 'pull-request-closed' : 'pull-request-open'];
  return [event];
}

/**
 * A head that the view does not show yet came with an event of its pull request: whoever that woke looks at its statuses
 * anyway. What was judged after it landed is nobody's work.
 */
function statusNames({ state, sha }: WebhookFacts, pulls: readonly PullRequest[]): readonly WakeEvent[] {
  if (state === 'pending' || pulls.some((pull) => pull.mergeCommit === sha)) return [];
  if (!pulls.some((pull) => pull.head === sha && pull.state === 'open')) return ['status'];
  return ['status', state === 'success' || state === 'warning' ? 'status-green' : 'status-red'];
}

function isBeside(event: WakeEvent, { ref }: WebhookFacts, { project }: HostedAgent): boolean {
  return event === 'push' && ref !== null && ref.replace(/^refs\/heads\//, '') !== project.branch;
}
