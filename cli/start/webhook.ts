import type { WebhookOptions } from '../../shared/agent/webhook/webhook.ts';

type OnWake = WebhookOptions['onWake'];

/** Hands each event to the agents, and to CI those that change what it judges: one webhook on the forge serves both. */
export function bothHear(agents: OnWake, wakeCi: (repository: string) => void): OnWake {
  return (event, facts, delivery) => {
    if (event === 'push' || event === 'pull-request') wakeCi(facts.repository);
    return agents(event, facts, delivery);
  };
}
