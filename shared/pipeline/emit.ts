import type { Clock } from '#clock';
import type { PlanTools, StepEvent } from '#pipeline';

type Unnumbered<E> = E extends unknown ? Omit<E, 'seq' | 'at'> : never;
export type Emit = (event: Unnumbered<StepEvent>) => void;

/** Numbers, dates and masks events. A reporter that throws loses its event and nothing else. */
export function createEmit({ clock, reporter, mask }: Pick<PlanTools, 'clock' | 'reporter' | 'mask'>): Emit {
  let seq = 0;
  return (event) => {
    seq += 1;
    const { step, type, ...rest } = event;
    try {
      // What the rest may hold depends on `type`, which is kept.
      reporter?.({ ...maskDeep(rest, mask), seq, at: clock.now(), step, type } as StepEvent);
    } catch {
      // A reporter is an onlooker.
    }
  };
}

/** Masks every text inside plain data; names of states and fields stay. */
export function maskDeep<T>(value: T, mask: PlanTools['mask']): T {
  if (mask === undefined) return value;
  const inside = (part: unknown): unknown => {
    if (typeof part === 'string') return mask(part);
    if (Array.isArray(part)) return part.map(inside);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, key === 'state' ? each : inside(each)]));
  };
  return inside(value) as T;
}

export const stopwatch = (clock: Clock): (() => number) => {
  const from = clock.monotonic();
  return () => Math.round(clock.monotonic() - from);
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
