/** What one suite came to. A suite that could not run counts as one failed test. */
export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly why: string | null;
  /** What failed, one text each; a suite prints thousands of lines, so they are said again at the end. */
  readonly failures: readonly string[];
}

/** A test's name, where it is, and the first lines of what went wrong. */
export function renderFailure(file: string, test: string, messages: readonly string[]): string {
  const lines = messages.flatMap((message) => message.split('\n')).slice(0, mostLines);
  return [`${file} > ${test}`, ...lines.map((line) => `    ${line.slice(0, longestLine)}`)].join('\n');
}

const mostLines = 120;
const longestLine = 500;

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
