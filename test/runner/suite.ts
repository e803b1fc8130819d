/** What one suite came to. A suite that could not run counts as one failed test. */
export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly why: string | null;
}

export function renderTable(results: readonly SuiteResult[]): string {
  const rows = results.map(({ name, passed, failed, seconds, why }) => [name, `${passed + failed}`, `${failed}`, seconds.toFixed(1), why ?? '']);
  const all = [['suite', 'tests', 'failed', 'seconds', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : column === 4 ? cell : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map((row) => `${line(row)}\n`).join('');
}
