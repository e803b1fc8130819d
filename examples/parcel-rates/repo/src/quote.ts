import { problemsOf, type Parcel } from './parcel.ts';
import { basePrice } from './rates.ts';
import { findCountry } from './zones.ts';

export interface QuoteLine {
  readonly label: string;
  readonly cents: number;
}

export interface Quote {
  readonly lines: readonly QuoteLine[];
  readonly totalCents: number;
}

const customsFeeCents = 350;

/** What it costs to send this parcel. Throws RangeError when it cannot be sent. */
export function quote(parcel: Parcel): Quote {
  const problems = problemsOf(parcel);
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  const country = findCountry(parcel.country);
  const lines: QuoteLine[] = [{ label: `parcel, zone ${country.zone}`, cents: basePrice(country.zone, parcel.grams) }];
  if (country.customs) lines.push({ label: 'customs papers', cents: customsFeeCents });
  return { lines, totalCents: lines.reduce((sum, line) => sum + line.cents, 0) };
}
