import type { WakeEvent } from '#agent';
import { asSha } from '#domain/sha';
import type { Host } from './host.ts';
import { scheduleKey } from './hosted.ts';
import type { HostedAgent } from './hosted.ts';
import type { WebhookFacts } from './webhook/event.ts';

/**
 * Hands an event of the forge to the agents that care. Everybody on that repository forgets what the event made stale. An
 * agent is not woken by what its own account did (its follow-up sees that anyway), except by statuses.
 */
export function createWakeRouter(host: Pick<Host, 'wake'>, slots: readonly HostedAgent[]): (event: WakeEvent, facts: WebhookFacts, delivery: string) => void {
  return (event, facts, delivery) => {
    for (const slot of slots) {
      if (slot.project.repository.toLowerCase() !== facts.repository.toLowerCase()) continue;
      forget(slot, facts);
      const ownDoing = event !== 'status' && facts.sender === slot.settings.identity;
      if (ownDoing || !slot.agent.wakes.includes(event)) continue;
      host.wake(scheduleKey(slot.name, slot.project.name), `${event}:${subjectOf(facts)}`, { kind: 'webhook', event, delivery });
    }
  };
}

function forget({ ports }: HostedAgent, { number, sha }: WebhookFacts): void {
  if (number !== null) ports.view.forget({ number });
  if (sha !== null && !/^0+$/.test(sha)) ports.view.forget({ head: asSha(sha) });
}

function subjectOf({ number, sha }: WebhookFacts): string {
  return number === null ? (sha ?? 'repository') : String(number);
}
