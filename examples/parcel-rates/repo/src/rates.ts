import type { Zone } from './zones.ts';

export interface Step {
  /** Highest weight of this step. */
  readonly grams: number;
  readonly cents: number;
}

/** Prices per zone, by rising weight. The same table stands in docs/rates.md. */
export const rates: Readonly<Record<Zone, readonly Step[]>> = {
  domestic: [
    { grams: 1000, cents: 419 },
    { grams: 2000, cents: 549 },
    { grams: 5000, cents: 769 },
    { grams: 10000, cents: 1049 },
    { grams: 31500, cents: 1999 },
  ],
  europe: [
    { grams: 1000, cents: 899 },
    { grams: 2000, cents: 1149 },
    { grams: 5000, cents: 1599 },
    { grams: 10000, cents: 2199 },
    { grams: 31500, cents: 4449 },
  ],
  world: [
    { grams: 1000, cents: 1649 },
    { grams: 2000, cents: 2599 },
    { grams: 5000, cents: 4149 },
    { grams: 10000, cents: 6099 },
    { grams: 31500, cents: 11999 },
  ],
};

/** The price of the first step that the weight fits into. Throws RangeError above the last one. */
export function basePrice(zone: Zone, grams: number): number {
  const step = rates[zone].find((candidate) => grams <= candidate.grams);
  if (step === undefined) throw new RangeError(`there is no price for ${grams} g`);
  return step.cents;
}
