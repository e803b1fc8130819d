import { createHmac } from 'node:crypto';
import type { WakeEvent } from '#agent';
import type { ProjectConfig } from '#config';
import type { Log } from '#log';
import type { WebhookFacts } from '../../shared/agent/webhook/event.ts';
import type { WebhookOptions } from '../../shared/agent/webhook/webhook.ts';

type OnWake = WebhookOptions['onWake'];

const judged: readonly WakeEvent[] = ['push', 'pull-request'];

/** Hands each event to the agents, and to CI those that change what it judges: one webhook on the forge serves both. `wakeCi` says whether a CI heard it. */
export function bothHear(agents: OnWake, wakeCi: (repository: string) => boolean): OnWake {
  return (event, facts: WebhookFacts, delivery) => {
    const heard = judged.includes(event) && wakeCi(facts.repository);
    const woken = agents(event, facts, delivery);
    return heard && woken === 'nobody' ? 'woken' : woken;
  };
}

/**
 * Wakes the embedded CI of a project that runs in another process, at the address that the config names. What is lost on the
 * way, that CI finds by itself at its next look.
 */
export function tellElsewhere(projects: readonly ProjectConfig[], secret: string | null, log: Log): (repository: string) => boolean {
  return (repository) => {
    const told = projects.filter((project) => project.ci.url !== null && project.repository.toLowerCase() === repository.toLowerCase());
    for (const { name, ci } of told)
      post(`${ci.url?.replace(/\/+$/, '') ?? ''}/ci/webhook`, secret).catch((error: unknown) =>
        log.debug({ project: name, err: error }, 'CI was not told of an event'),
      );
    return told.length > 0;
  };
}

async function post(url: string, secret: string | null): Promise<void> {
  const body = '{}';
  const signature: Record<string, string> = secret === null ? {} : { 'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex') };
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'x-gitea-event': 'push', 'content-type': 'application/json', ...signature },
    redirect: 'error',
  });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
}
