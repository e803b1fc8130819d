import { describe, expect, it } from 'vitest';
import type { Agent, WakeEvent } from '#agent';
import type { HostedAgent } from '../hosted.ts';
import { createWakeRouter } from '../wake-router.ts';
import type { WebhookFacts } from '../webhook/event.ts';

const sha = 'a'.repeat(40);
const landed = 'b'.repeat(40);
const pullRequests = new Map([
  [7, { state: 'open', head: sha, mergeCommit: null }],
  [6, { state: 'merged', head: 'c'.repeat(40), mergeCommit: landed }],
]);

describe('createWakeRouter', () => {
  function route(facts: Partial<WebhookFacts>, event: WakeEvent = 'pull-request') {
    const woken: string[] = [];
    const forgotten: unknown[] = [];
    const heard: string[] = [];
    const started: unknown[] = [];
    const slot = (name: string, wakes: Agent['wakes'], repository = 'acme/widgets'): HostedAgent =>
      ({
        name,
        agent: { wakes },
        settings: { identity: name },
        project: { name: 'demo', repository, branch: 'main' },
        ports: {
          view: {
            heard: (what: string) => heard.push(`${name} ${what}`),
            checkStarted: (head: unknown) => started.push(head),
            forget: (what: unknown) => forgotten.push(what),
            pullRequests,
          },
        },
      }) as unknown as HostedAgent;
    const slots = [
      slot('dev', ['pull-request', 'status']),
      slot('reviewer', ['pull-request', 'status-green']),
      slot('merger', ['review']),
      slot('other-role', ['push', 'review-approved', 'pull-request-closed']),
      slot('other', ['pull-request'], 'a/b'),
    ];
    const router = createWakeRouter({ wake: (schedule, key) => woken.push(`${schedule} ${key}`) > 0 }, slots);
    const answer = router(
      event,
      { repository: 'acme/Widgets', number: 7, sha: null, action: null, ref: null, state: null, sender: 'maintainer', ...facts },
      { id: 'd1', digest: 'ab' },
    );
    return { woken, forgotten, heard, started, answer };
  }

  it('wakes those who care, on that repository', () => {
    expect(route({}).woken).toEqual(['dev@demo pull-request:7', 'reviewer@demo pull-request:7']);
  });

  it('#5935: an agent is not woken by its own doing, but everybody forgets', () => {
    const { woken, forgotten } = route({ sender: 'dev', sha });
    expect(woken).toEqual(['reviewer@demo pull-request:7']);
    expect(forgotten).toEqual(Array.from({ length: 4 }, () => ({ number: 7 })));
  });

  it('only a status says something of the statuses of a commit, and one that started only where a result is known', () => {
    expect(route({ number: null, sha, state: 'failure' }, 'status')).toMatchObject({
      forgotten: Array.from({ length: 4 }, () => ({ head: sha })),
      started: [],
    });
    expect(route({ number: null, sha, state: 'pending' }, 'status')).toMatchObject({ forgotten: [], started: [sha, sha, sha, sha] });
  });

  it('whatever the event, everybody on that repository knows that the forge tells', () => {
    const { woken, heard } = route({ number: null, sha, state: 'pending' }, 'status');
    expect(woken).toEqual([]);
    expect(heard).toEqual(['dev', 'reviewer', 'merger', 'other-role'].map((name) => `${name} statuses`));
    expect(route({}).heard[0]).toBe('dev items');
  });

  it('wakes nobody by a status that is not final or a push beside the branch', () => {
    expect(route({ number: null, sha, state: 'pending' }, 'status').woken).toEqual([]);
    expect(route({ number: null, sha, state: 'success' }, 'status').woken).toEqual([`dev@demo status:${sha}`, `reviewer@demo status:${sha}`]);
    expect(route({ number: null, sha, state: 'failure' }, 'status').woken).toEqual([`dev@demo status:${sha}`]);
    expect(route({ number: null, sha: 'd'.repeat(40), state: 'success' }, 'status').woken).toEqual([`dev@demo status:${'d'.repeat(40)}`]);
    expect(route({ number: null, sha: landed, state: 'success' }, 'status').woken).toEqual([]);
    expect(route({ number: null, ref: 'refs/heads/fix/issue-7' }, 'push').woken).toEqual([]);
    expect(route({ number: null, ref: 'refs/heads/main' }, 'push').woken).toEqual(['other-role@demo push:repository']);
  });

  it('says when nobody here works on the repository, or waits for that', () => {
    expect(route({ repository: 'acme/other' })).toEqual({ woken: [], forgotten: [], heard: [], started: [], answer: 'nobody' });
    expect(route({}, 'comment').answer).toBe('nobody');
    expect(route({}).answer).toBe('woken');
  });

  it('tells the parts of an event apart', () => {
    expect(route({ state: 'approved' }, 'review').woken).toEqual(['merger@demo review:7', 'other-role@demo review:7']);
    expect(route({ state: 'rejected' }, 'review').woken).toEqual(['merger@demo review:7']);
    expect(route({ action: 'closed' }).woken).toEqual(['dev@demo pull-request:7', 'reviewer@demo pull-request:7', 'other-role@demo pull-request:7']);
  });

  it('a status wakes also the account that posted it', () => {
    expect(route({ sender: 'dev', number: null, sha }, 'status').woken).toEqual([`dev@demo status:${sha}`]);
  });
});
