export type Zone = 'domestic' | 'europe' | 'world';

export interface Country {
  readonly zone: Zone;
  /** A parcel there needs customs papers. */
  readonly customs: boolean;
}

const countries: Readonly<Record<string, Country>> = {
  DE: { zone: 'domestic', customs: false },
  AT: { zone: 'europe', customs: false },
  FR: { zone: 'europe', customs: false },
  NL: { zone: 'europe', customs: false },
  NO: { zone: 'europe', customs: true },
  US: { zone: 'world', customs: true },
};

/** The country behind two letters, in any case. Throws RangeError for one that we do not send to. */
export function findCountry(code: string): Country {
  const country = Object.hasOwn(countries, code.toUpperCase()) ? countries[code.toUpperCase()] : undefined;
  if (country === undefined) throw new RangeError(`we do not send parcels to ${code}`);
  return country;
}
