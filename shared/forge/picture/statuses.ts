import type { Clock } from '#clock';
import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import type { Forge } from '#forge';

interface Entry {
  readonly value: Promise<readonly CommitStatus[]>;
  /** Monotonic milliseconds when it was asked. */
  readonly asked: number;
  /** The answer; null while it is under way. */
  known: readonly CommitStatus[] | null;
}

const commitsKept = 500;

/** Statuses of commits with their age: nothing else on the forge tells that one was added. */
export interface Statuses {
  get(head: Sha, maxAgeSeconds: number): Promise<readonly CommitStatus[]>;
  forget(head: Sha): void;
  /** A check of this commit started: a kept answer with a result in it counts no more; one without says the same still. */
  started(head: Sha): void;
  /** Monotonic milliseconds of the last question, or null when it was never asked or forgotten. */
  lookedAt(head: Sha): number | null;
}

export function createStatuses(forge: Forge, clock: Clock): Statuses {
  const kept = new Map<Sha, Entry>();
  const get = (head: Sha, maxAgeSeconds: number): Promise<readonly CommitStatus[]> => {
    const known = kept.get(head);
    const asked = clock.monotonic();
    if (known !== undefined && maxAgeSeconds > 0 && asked - known.asked <= maxAgeSeconds * 1000) return known.value;
    const entry: Entry = { value: forge.listStatuses(head), asked, known: null };
    kept.delete(head);
    kept.set(head, entry);
    const [oldest] = kept.keys();
    if (kept.size > commitsKept && oldest !== undefined) kept.delete(oldest);
    entry.value.then(
      (answer) => (entry.known = answer),
      () => kept.get(head) === entry && kept.delete(head),
    );
    return entry.value;
  };
  return {
    get,
    forget: (head) => {
      kept.delete(head);
    },
    started: (head) => {
      const known = kept.get(head)?.known;
      if (known?.every((status) => status.state === 'pending') !== true) kept.delete(head);
    },
    lookedAt: (head) => kept.get(head)?.asked ?? null,
  };
}
