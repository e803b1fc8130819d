import type { WakeEvent } from '#agent';
import type { WebhookFacts } from '../../shared/agent/webhook/event.ts';

type OnWake = (event: WakeEvent, facts: WebhookFacts, delivery: string) => void;

/** Hands each event to the agents, and to CI those that change what it judges: one webhook on the forge serves both. */
export function bothHear(agents: OnWake, wakeCi: (repository: string) => void): OnWake {
  return (event, facts, delivery) => {
    if (event === 'push' || event === 'pull-request') wakeCi(facts.repository);
    agents(event, facts, delivery);
  };
}
