import type { SessionLimits } from '#session';

/**
 * How often a CLI itself repeats a failed request. A session that may be silent for minutes has time for a rate limit to pass;
 * one with a bound of seconds (a demo) fails fast. A failed session is tried again by the factory anyway.
 */
export function retriesFor(limits: SessionLimits): { readonly times: number; readonly delayMs: number } {
  return limits.idleSeconds < 30 ? { times: 2, delayMs: 100 } : { times: 4, delayMs: 2000 };
}
