/**
 * Time, identity and chance as ports, so that the same production code runs in a container, embedded, and in a simulator.
 * Nothing outside this folder reads `Date.now`, `Math.random`, `crypto.randomUUID` or starts a timer by itself.
 */
export interface Clock {
  /** Wall-clock time. May step backwards; never use it to measure a duration. */
  now(): Date;
  /** Monotonic milliseconds, for durations. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. The timer does not keep the process alive when `unref`. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fire` once after `ms`; the returned function cancels. */
  after(ms: number, fire: () => void): () => void;
}

export interface Chance {
  /** A new opaque id, sortable by creation time, for example `run_01jd…`. `kind` is a short lower-case prefix. */
  id(kind: string): string;
  /** A float in [0, 1). */
  random(): number;
  /** `bytes` bytes of entropy as lower-case hex; for keys, nonces and secrets. */
  secret(bytes: number): string;
}
