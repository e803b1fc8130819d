import type { Clock } from '#clock';

/** After the forge told of something, it counts as telling for this long. */
const tellsForMs = 900_000;
/** While it tells, what may have changed within the second in which it was read is read once more after this, not at once. */
const secondLookMs = 30_000;

/** Whether the forge's webhooks reach this process. Learned from those that came: without one, nothing is trusted to be told. */
export interface Hearing {
  /** A webhook of the repository arrived. */
  heard(): void;
  /** Whether changes are told at present. */
  hears(): boolean;
  /** How old, in milliseconds, a doubtful answer may get before it is asked for again; 0 while nothing is told. */
  patienceMs(): number;
}

export function createHearing(clock: Pick<Clock, 'monotonic'>): Hearing {
  let last = Number.NEGATIVE_INFINITY;
  const hears = (): boolean => clock.monotonic() - last < tellsForMs;
  return {
    heard: () => {
      last = clock.monotonic();
    },
    hears,
    patienceMs: () => (hears() ? secondLookMs : 0),
  };
}
