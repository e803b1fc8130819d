/** One measured figure beside what it is compared with in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: { readonly name: string; readonly value: number };
  /** In words: `≤ 2 per agent`. */
  readonly wanted: string;
  /** Null: nothing is wanted of it, it explains the others. */
  readonly holds: boolean | null;
}

/** The figures as a table for people, columns as wide as they need to be. */
export function renderFigures(figures: readonly Figure[]): string {
  const head = ['figure', 'value', 'reference', 'ratio', 'wanted', 'holds'];
  const rows = figures.map((figure) => [
    figure.name,
    `${short(figure.value)} ${figure.unit}`,
    `${short(figure.reference.value)} ${figure.unit} (${figure.reference.name})`,
    figure.reference.value === 0 ? '' : short(figure.value / figure.reference.value),
    figure.wanted,
    figure.holds === null ? '' : figure.holds ? 'yes' : 'NO',
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Three digits that matter, without an exponent. */
function short(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** Smallest value that at least the part `share` (0 to 1) of the sample does not exceed; 0 for an empty one. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);

export const mean = (sample: readonly number[]): number => (sample.length === 0 ? 0 : sample.reduce((sum, each) => sum + each, 0) / sample.length);
