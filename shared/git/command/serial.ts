const tails = new Map<string, Promise<unknown>>();

/**
 * Runs the tasks of one key one after the other within this process: several agents of one process share a store, and git
 * answers two writers of the same ref with an error that would only cost a retry. Other processes are met by retrying.
 */
export async function serially<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const run = before.then(task, task);
  const tail = run.then(
    () => undefined,
    () => undefined,
  );
  tails.set(key, tail);
  try {
    return await run;
  } finally {
    if (tails.get(key) === tail) tails.delete(key);
  }
}

/** Calls that come while one runs share the next one: what each sees is no older than its call. */
export function coalesce(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    next = null;
    const mine = task().finally(() => {
      if (running === mine) running = null;
    });
    running = mine;
    return mine;
  };
  return async () => {
    if (running === null) return await start();
    next ??= running.then(start, start);
    return await next;
  };
}
