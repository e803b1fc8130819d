export interface Parcel {
  readonly grams: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Two letters, for example `FR`. */
  readonly country: string;
}

/** Longest side that a sorting machine takes. */
export const maxLengthMm = 1200;

/** Everything that keeps this parcel from being sent; empty when nothing does. */
export function problemsOf(parcel: Parcel): readonly string[] {
  const problems: string[] = [];
  if (!Number.isInteger(parcel.grams) || parcel.grams <= 0) problems.push('the weight must be a whole number of grams above 0');
  const sides = [parcel.lengthMm, parcel.widthMm, parcel.heightMm];
  if (sides.some((side) => !Number.isInteger(side) || side <= 0)) problems.push('every side must be a whole number of millimetres above 0');
  if (Math.max(...sides) > maxLengthMm) problems.push(`no side may be longer than ${maxLengthMm} mm`);
  return problems;
}
