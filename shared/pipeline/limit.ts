import type { Clock } from '#clock';
import { PipelineError } from '#pipeline';

/** What a step that is told to stop may still take, so that nothing of it is at work while the undo stack runs. */
export const graceSeconds = 5;

interface Limit {
  readonly clock: Clock;
  readonly signal: AbortSignal | null;
  readonly seconds: number;
}

/**
 * Runs `act` for at most `seconds`. At the limit, or when the signal comes, its own signal is aborted; what it returns within the grace
 * still counts, after that it is left alone. Rejects with the reason of the stop, or with what `act` threw.
 */
export function within<T>({ clock, signal, seconds }: Limit, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let endGrace = (): void => {};
  const stop = (reason: unknown): void => {
    if (own.signal.aborted) return;
    own.abort(reason);
    endGrace = clock.after(graceSeconds * 1000, () => reject(reason));
  };
  const abort = (): void => stop(signal?.reason);
  const endLimit = clock.after(seconds * 1000, () => stop(new PipelineError(`not done within ${seconds} s`)));
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const run = async (): Promise<T> => act(own.signal);
  run().then(resolve, (error: unknown) => reject(own.signal.aborted ? own.signal.reason : error));
  return promise.finally(() => {
    endLimit();
    endGrace();
    signal?.removeEventListener('abort', abort);
  });
}
