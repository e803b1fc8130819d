import { createHmac } from 'node:crypto';
import type { Chance, Clock } from '#clock';
import type { Log } from '#log';

interface Delivery {
  readonly hook: { readonly id: number; readonly url: string; readonly secret: string; readonly authorization: string; readonly type: string };
  /** Coarse event (`issues`) and the finer one (`issue_label`). */
  readonly event: string;
  readonly eventType: string;
  readonly body: string;
}

export interface Deliveries {
  /** Queues; never waits and never fails. Deliveries of one hook arrive in order. */
  send(delivery: Delivery): void;
  /** Resolves when nothing is queued or on its way. */
  idle(): Promise<void>;
  stop(): void;
}

const pausesMilliseconds = [150, 600] as const;
const answerMilliseconds = 5000;
const longestQueue = 500;

/** Posts signed webhooks: three tries each, then the delivery is dropped with a warning (receivers reconcile by asking). */
export function createDeliveries(clock: Clock, chance: Chance, log: Log): Deliveries {
  const stopping = new AbortController();
  const queues = new Map<number, Delivery[]>();
  const working = new Map<number, Promise<void>>();
  const drain = async (hook: number, queue: Delivery[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !stopping.signal.aborted; next = queue.shift()) await deliver(next);
    working.delete(hook);
  };
  const deliver = async (delivery: Delivery): Promise<void> => {
    const headers = headersOf(delivery, chance.id('delivery'));
    for (const pause of [...pausesMilliseconds, null]) {
      const problem = await post(clock, delivery, headers, stopping.signal);
      if (problem === null || stopping.signal.aborted) return;
      if (pause === null) log.warn({ hook: delivery.hook.id, event: delivery.eventType, problem }, 'webhook given up');
      else await clock.sleep(pause, stopping.signal).catch(() => {});
    }
  };
  return {
    send: (delivery) => {
      const queue = queues.get(delivery.hook.id) ?? [];
      queues.set(delivery.hook.id, queue);
      if (queue.length >= longestQueue) {
        log.warn({ hook: delivery.hook.id }, 'webhook queue is full, oldest delivery dropped');
        queue.shift();
      }
      queue.push(delivery);
      if (!working.has(delivery.hook.id)) working.set(delivery.hook.id, drain(delivery.hook.id, queue));
    },
    idle: async () => {
      while (working.size > 0) await Promise.all(working.values());
    },
    stop: () => stopping.abort(),
  };
}

function headersOf({ hook, event, eventType, body }: Delivery, id: string): Record<string, string> {
  const signature = createHmac('sha256', hook.secret).update(body).digest('hex');
  const named = (prefix: string): Record<string, string> => ({
    [`X-${prefix}-Delivery`]: id,
    [`X-${prefix}-Event`]: event,
    [`X-${prefix}-Event-Type`]: eventType,
    [`X-${prefix}-Signature`]: hook.secret === '' ? '' : signature,
  });
  return {
    'Content-Type': 'application/json',
    ...named('Gitea'),
    ...named('Forgejo'),
    'X-GitHub-Event': event,
    'X-GitHub-Delivery': id,
    ...(hook.secret === '' ? {} : { 'X-Hub-Signature-256': `sha256=${signature}` }),
    ...(hook.authorization === '' ? {} : { Authorization: hook.authorization }),
  };
}

/** Null when the receiver answered 2xx, else what went wrong. */
async function post(clock: Clock, delivery: Delivery, headers: Record<string, string>, stop: AbortSignal): Promise<string | null> {
  const late = new AbortController();
  const cancel = clock.after(answerMilliseconds, () => late.abort(new Error('no answer in time')));
  try {
    const answer = await fetch(delivery.hook.url, {
      method: 'POST',
      headers,
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.any([late.signal, stop]),
    });
    await answer.arrayBuffer();
    return answer.ok ? null : `HTTP ${answer.status}`;
  } catch (error) {
    return error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
  } finally {
    cancel();
  }
}
