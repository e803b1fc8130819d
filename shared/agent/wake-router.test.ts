import { describe, expect, it } from 'vitest';
import type { Agent, WakeEvent } from '#agent';
import type { HostedAgent } from './hosted.ts';
import { createWakeRouter } from './wake-router.ts';
import type { WebhookFacts } from './webhook/event.ts';

const sha = 'a'.repeat(40);

describe('createWakeRouter', () => {
  function route(facts: Partial<WebhookFacts>, event: WakeEvent = 'pull-request') {
    const woken: string[] = [];
    const forgotten: unknown[] = [];
    const slot = (name: string, wakes: Agent['wakes'], repository = 'acme/widgets'): HostedAgent =>
      ({
        name, agent: { wakes }, settings: { identity: name }, project: { name: 'demo', repository },
        ports: { view: { forget: (what: unknown) => forgotten.push(what) } },
      }) as unknown as HostedAgent;
    const slots = [slot('dev', ['pull-request', 'status']), slot('reviewer', ['pull-request']), slot('merger', ['review']), slot('other', ['pull-request'], 'a/b')];
    const router = createWakeRouter({ wake: (schedule, key) => void woken.push(`${schedule} ${key}`) }, slots);
    router(event, { repository: 'acme/Widgets', number: 7, sha: null, action: null, sender: 'maintainer', ...facts }, 'd1');
    return { woken, forgotten };
  }

  it('wakes those who care, on that repository', () => {
    expect(route({}).woken).toEqual(['dev@demo pull-request:7', 'reviewer@demo pull-request:7']);
  });

  it('#5935: an agent is not woken by its own doing, but everybody forgets', () => {
    const { woken, forgotten } = route({ sender: 'dev', sha });
    expect(woken).toEqual(['reviewer@demo pull-request:7']);
    expect(forgotten).toEqual([{ number: 7 }, { head: sha }, { number: 7 }, { head: sha }, { number: 7 }, { head: sha }]);
  });

  it('a status wakes also the account that posted it', () => {
    expect(route({ sender: 'dev', number: null, sha }, 'status').woken).toEqual([`dev@demo status:${sha}`]);
  });
});
