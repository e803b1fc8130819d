import type { Chance, Clock } from '#clock';
import { ForgeError } from '#forge';
import type { Log } from '#log';
import { secondsOfRetryAfter } from '#domain/text/retry-after';
import { createAttempt } from './attempt.ts';
import { type RetryLimits, delayMs, mayRepeat, retryLimits } from './backoff.ts';
import { type CircuitLimits, circuitLimits, createCircuit, type Neighbours, type Refusal } from './circuit.ts';
import { failureOf } from './failure.ts';
import type { Answer, Call, Silence } from './wire.ts';

export interface Http {
  /** Returns 2xx answers and those whose status is in `expected`; anything else is thrown as a `ForgeError`. */
  send(call: Call, expected?: readonly number[]): Promise<Answer>;
  /** Requests sent so far, retries included. */
  calls(): number;
  /** The forge's own clock as of its last answer (whole seconds), or null before the first. */
  time(): Date | null;
}

interface HttpOptions {
  readonly url: string;
  readonly token: () => string;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly retry?: RetryLimits;
  readonly circuit?: CircuitLimits;
  readonly neighbours?: Neighbours;
  readonly mask?: (text: string) => string;
}

/**
 * The one way to the forge: each request has a time limit, calls that are safe to repeat are repeated a bounded number of times with
 * growing, jittered pauses (or the pause that Retry-After asks for), and after many failures in a row calls fail at once until a
 * single probe gets through.
 */
export function createHttp(options: HttpOptions): Http {
  const { clock, chance, log } = options;
  const retry = options.retry ?? retryLimits;
  const circuit = createCircuit({
    clock,
    log,
    limits: options.circuit ?? circuitLimits,
    ...(options.neighbours === undefined ? {} : { neighbours: options.neighbours }),
  });
  const attempt = createAttempt(options);
  let calls = 0;
  let time: Date | null = null;

  const asked = (outcome: Answer | Silence): number | null =>
    'status' in outcome ? secondsOfRetryAfter(outcome.headers['retry-after'], dateOf(outcome) ?? clock.now()) : null;
  const once = async (call: Call): Promise<Answer | Silence> => {
    const report = circuit.enter();
    calls += 1;
    const outcome = await attempt(call);
    report(refusalOf(outcome, asked(outcome)));
    time = ('status' in outcome ? dateOf(outcome) : null) ?? time;
    return outcome;
  };

  const send = async (call: Call, expected: readonly number[] = []): Promise<Answer> => {
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await once(call);
      if ('status' in outcome && (isSuccess(outcome.status) || expected.includes(outcome.status))) return outcome;
      const failure = failureOf(call, outcome, asked(outcome), options.token);
      const pause = delayMs(attempts, asked(outcome), retry, chance);
      if (attempts >= retry.attempts || pause === null || !mayRepeat(call, outcome) || circuit.isOpen()) throw failure;
      log.debug({ method: call.method, path: call.path, attempts, kind: failure.kind, pauseMs: pause }, 'forge call is repeated');
      await clock.sleep(pause);
    }
  };
  return { send, calls: () => calls, time: () => time };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function refusalOf(outcome: Answer | Silence, retryAfter: number | null): Refusal | null {
  if (!('status' in outcome)) return outcome.kind === 'unavailable' ? { kind: 'unavailable', retryAfterSeconds: null } : null;
  if (outcome.status === 429) return { kind: 'rate-limited', retryAfterSeconds: retryAfter };
  return outcome.status >= 500 || outcome.status === 408 ? { kind: 'unavailable', retryAfterSeconds: retryAfter } : null;
}

/** The forge's own clock: a date in its answer counts by this one, not by ours. */
function dateOf(answer: Answer): Date | null {
  const text = answer.headers['date'];
  const date = typeof text === 'string' ? new Date(text) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}

/** Parses a JSON body. Throws `ForgeError` malformed: a proxy or another site answers in the forge's place. */
export function jsonOf(call: Pick<Call, 'method' | 'path'>, answer: Answer): unknown {
  try {
    return JSON.parse(answer.body);
  } catch (cause) {
    const message = `${call.method} ${call.path}: the answer is not JSON; check that forge.url points at the forge itself`;
    throw new ForgeError('malformed', message, { status: answer.status, cause });
  }
}
