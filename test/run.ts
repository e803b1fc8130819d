import { fileURLToPath } from 'node:url';
import { gates } from './gates/gates.ts';
import { renderTable, type SuiteResult } from './runner/suite.ts';
import { runSuite } from './runner/vitest.ts';
import { installForTests } from './setup/gitea/install.ts';
import { LackingPrograms } from './setup/machine.ts';

/** The suites in order, with their limits in seconds. */
const suites: Readonly<Record<string, number>> = { unit: 600, contract: 1800, e2e: 1800, fault: 1800 };

/** `node test/run.ts [setup] [gates] [suite…]`: everything, or what is named. The last line is `N passed, N failed`; exit 1 when any failed. */
async function main(asked: readonly string[]): Promise<number> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const unknown = asked.find((name) => !['setup', 'gates'].includes(name) && suites[name] === undefined);
  if (unknown !== undefined) {
    console.error(`there is no suite ${unknown}; there are setup, gates, ${Object.keys(suites).join(', ')}`);
    return 2;
  }
  const wanted = (name: string): boolean => asked.length === 0 || asked.includes(name);
  const results: SuiteResult[] = [];
  if (asked.length === 0 || asked.some((name) => !['gates', 'unit'].includes(name))) {
    const { result, stops } = await prepare();
    results.push(result);
    if (stops) return conclude(results);
  }
  if (wanted('gates')) results.push(runGates(root));
  for (const [name, limitSeconds] of Object.entries(suites)) {
    if (!wanted(name)) continue;
    console.log(`\n== ${name}`);
    const result = await runSuite(root, name, limitSeconds);
    console.log(`== ${name}: ${result.passed} passed, ${result.failed} failed, ${result.seconds.toFixed(1)} s${result.why === null ? '' : `, ${result.why}`}`);
    results.push(result);
  }
  return conclude(results);
}

function conclude(results: readonly SuiteResult[]): number {
  const sum = (key: 'passed' | 'failed'): number => results.reduce((total, result) => total + result[key], 0);
  for (const { name, failures } of results) for (const failure of failures) console.log(`\nFAILED ${name}: ${failure}`);
  console.log(`\n${renderTable(results)}\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

/**
 * Installs and builds what the suites need; counts as one test, and is no part of a suite's time. Without Gitea the tests that need it fail,
 * each by itself; without programs that everything needs nothing runs (`stops`).
 */
async function prepare(): Promise<{ readonly result: SuiteResult; readonly stops: boolean }> {
  const started = performance.now();
  console.log('== setup');
  const error: unknown = await installForTests((line) => console.log(line)).then(
    () => null,
    (thrown: unknown) => thrown ?? 'failed',
  );
  const seconds = (performance.now() - started) / 1000;
  const failed = error === null ? 0 : 1;
  console.log(failed === 0 ? `== setup: ${seconds.toFixed(1)} s` : `== setup failed: ${error instanceof Error ? error.message : String(error)}`);
  return {
    result: { name: 'setup', passed: 1 - failed, failed, seconds, why: failed === 0 ? null : 'see above', failures: [] },
    stops: error instanceof LackingPrograms,
  };
}

/** Each gate counts as one test. */
function runGates(root: string): SuiteResult {
  const started = performance.now();
  console.log('== gates');
  const failures = Object.entries(gates).flatMap(([name, gate]) => {
    const { ok, output } = gate(root);
    console.log(`${ok ? 'ok ' : 'RED'} ${name}`);
    if (!ok) process.stdout.write(output.replace(/^(?=.)/gm, '    '));
    return ok ? [] : [`${name}\n${output}`];
  });
  const failed = failures.length;
  return { name: 'gates', passed: Object.keys(gates).length - failed, failed, seconds: (performance.now() - started) / 1000, why: null, failures };
}

process.exitCode = await main(process.argv.slice(2));
