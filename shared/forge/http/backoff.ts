import type { Chance } from '#clock';
import type { Answer, Call, Silence } from './wire.ts';

export interface RetryLimits {
  /** Requests per call, the first included. */
  readonly attempts: number;
  /** First pause; each further one doubles. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A Retry-After beyond this is not waited for: the call fails and the next tick tries. */
  readonly longestRetryAfterSeconds: number;
}

export const retryLimits: RetryLimits = { attempts: 4, firstPauseMs: 250, longestPauseMs: 4000, longestRetryAfterSeconds: 20 };

/** Whether sending the call again is both safe and of use. */
export function mayRepeat(call: Call, outcome: Answer | Silence): boolean {
  const idempotent = call.method === 'GET' || call.method === 'PUT' || call.method === 'DELETE';
  if (!('status' in outcome)) return outcome.kind === 'unavailable' && (idempotent || !outcome.sent);
  if (outcome.status === 429) return true;
  return idempotent && (outcome.status === 408 || (outcome.status >= 500 && outcome.status !== 501));
}

/** Pause before the next attempt in milliseconds, never shorter than the usual one, or null when the forge asks for more patience than one call has. */
export function delayMs(attempts: number, retryAfter: number | null, limits: RetryLimits, chance: Chance): number | null {
  if (retryAfter !== null && retryAfter > limits.longestRetryAfterSeconds) return null;
  const pause = Math.min(limits.longestPauseMs, limits.firstPauseMs * 2 ** (attempts - 1));
  return Math.max(Math.ceil((retryAfter ?? 0) * 1000), Math.round(pause * (0.5 + chance.random() / 2)));
}
