import type { Clock } from '#clock';

export type Mergeability =
  | { readonly kind: 'checking' }
  | { readonly kind: 'clean'; readonly mergeBase: string; readonly paths: readonly string[] }
  | { readonly kind: 'conflict' };

interface Entry {
  key: string;
  result: Mergeability;
  /** Monotonic milliseconds before which the answer is withheld. */
  settledAt: number;
}

export interface Checks {
  /** Something that bears on merging changed: until a moment has passed, the pull request counts as being checked. */
  touch(pull: number): void;
  /** What is known for exactly these commits; starts finding out when nothing is. Never waits. */
  look(pull: number, base: string, head: string, find: () => Promise<Mergeability>): Mergeability;
  /** Finds out nothing more, and says nothing about what is cut off. */
  stop(): void;
}

/**
 * Whether pull requests merge cleanly, found out in the background as Gitea does it: who asks too soon after a change is told
 * "checking". At most two computations run at once. Forgotten at a restart, then found out again.
 */
export function createChecks(clock: Clock, settleMilliseconds: number, failed: (error: unknown) => void): Checks {
  const entries = new Map<number, Entry>();
  const queue: (() => Promise<void>)[] = [];
  let running = 0;
  let stopped = false;
  const pump = (): void => {
    while (running < 2 && !stopped) {
      const work = queue.shift();
      if (work === undefined) return;
      running += 1;
      void work()
        .catch((error: unknown) => stopped || failed(error))
        .finally(() => {
          running -= 1;
          pump();
        });
    }
  };
  const entryOf = (pull: number): Entry => {
    const known = entries.get(pull) ?? { key: '', result: { kind: 'checking' }, settledAt: 0 };
    entries.set(pull, known);
    return known;
  };
  return {
    stop: () => {
      stopped = true;
    },
    touch: (pull) => {
      entryOf(pull).settledAt = clock.monotonic() + settleMilliseconds;
    },
    look: (pull, base, head, find) => {
      const entry = entryOf(pull);
      const key = `${base} ${head}`;
      if (entry.key !== key) {
        entry.key = key;
        entry.result = { kind: 'checking' };
        queue.push(async () => {
          if (entry.key !== key) return;
          try {
            const result = await find();
            if (entry.key === key) entry.result = result;
          } catch (error) {
            // Forgetting the key makes the next look try again.
            if (entry.key === key) entry.key = '';
            throw error;
          }
        });
        pump();
      }
      return clock.monotonic() < entry.settledAt ? { kind: 'checking' } : entry.result;
    },
  };
}
