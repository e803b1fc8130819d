import type { Clock } from '#clock';

/** After the forge told of something, it counts as telling for this long. */
const tellsForMs = 900_000;
/** While it tells, what may have changed within the second in which it was read is read once more after this, not at once. */
const secondLookMs = 30_000;

/** What webhooks tell of: the statuses of commits, or issues and pull requests. */
export type Told = 'statuses' | 'items';

/** Whether the forge's webhooks reach this process. Learned from those that came: without one, nothing is trusted to be told. */
export interface Hearing {
  /** A webhook of the repository arrived. */
  heard(what: Told): void;
  /** Whether changes of that kind are told at present. */
  hears(what: Told): boolean;
  /** How old, in milliseconds, a doubtful answer may get before it is asked for again; 0 while nothing is told. */
  patienceMs(): number;
}

export function createHearing(clock: Pick<Clock, 'monotonic'>): Hearing {
  const last: Record<Told, number> = { statuses: Number.NEGATIVE_INFINITY, items: Number.NEGATIVE_INFINITY };
  const hears = (what: Told): boolean => clock.monotonic() - last[what] < tellsForMs;
  return {
    heard: (what) => {
      last[what] = clock.monotonic();
    },
    hears,
    patienceMs: () => (hears('items') ? secondLookMs : 0),
  };
}
