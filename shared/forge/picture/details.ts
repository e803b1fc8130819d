import type { Clock } from '#clock';
import type { Forge } from '#forge';
import type { Hearing } from './hearing.ts';
import { forgeTimeOf, isSettled } from './refresh.ts';

interface Detail {
  readonly value: Promise<unknown>;
  /** Time stamp of the item when the detail was asked for; null when the picture did not hold the item. */
  readonly updatedAt: number | null;
  /** Nothing can have changed since under the same time stamp. */
  readonly settled: boolean;
  readonly refreshes: number;
  /** Monotonic milliseconds when it was asked for. */
  readonly asked: number;
}

/** Answers about items, kept until the item changes. */
export interface Details {
  /** The kept answer, or `ask`. Whoever asks while a question is under way shares its answer; failures are not kept. */
  get<T>(number: number, what: string, updatedAt: Date | null, ask: () => Promise<T>): Promise<T>;
  forget(number: number): void;
  /** A refresh happened: answers given too close to a change count no more, or soon, where the forge tells. After everything was read anew none counts. */
  refreshed(how: 'changes' | 'everything'): void;
}

const itemsKept = 1000;

export function createDetails(forge: Forge, clock: Pick<Clock, 'monotonic'>, hearing: Hearing): Details {
  const kept = new Map<number, Map<string, Detail>>();
  let refreshes = 0;

  const counts = ({ settled, refreshes: at, asked }: Detail): boolean => settled || at === refreshes || clock.monotonic() - asked < hearing.patienceMs();
  const isFresh = (detail: Detail, updatedAt: Date | null): boolean => detail.updatedAt === (updatedAt?.getTime() ?? null) && counts(detail);

  const shelf = (number: number): Map<string, Detail> => {
    const found = kept.get(number) ?? new Map<string, Detail>();
    // Last used goes last, so that the first one is the one to drop.
    kept.delete(number);
    kept.set(number, found);
    const [oldest] = kept.keys();
    if (kept.size > itemsKept && oldest !== undefined) kept.delete(oldest);
    return found;
  };
  const get = <T>(number: number, what: string, updatedAt: Date | null, ask: () => Promise<T>): Promise<T> => {
    const details = shelf(number);
    const known = details.get(what);
    // The key says what was asked, so the kept answer has the type of this question.
    if (known !== undefined && isFresh(known, updatedAt)) return known.value as Promise<T>;
    const settled = updatedAt === null || isSettled(updatedAt, forgeTimeOf(forge));
    const asked = clock.monotonic();
    const value = ask();
    const detail: Detail = { value, updatedAt: updatedAt?.getTime() ?? null, settled, refreshes, asked };
    details.set(what, detail);
    value.catch(() => {
      if (details.get(what) === detail) details.delete(what);
    });
    return value;
  };
  return {
    get,
    forget: (number) => {
      kept.delete(number);
    },
    refreshed: (how) => {
      refreshes += 1;
      if (how === 'everything') kept.clear();
    },
  };
}
