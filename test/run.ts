import { fileURLToPath } from 'node:url';
import { gates } from './gates/gates.ts';
import { renderTable, type SuiteResult } from './runner/suite.ts';
import { runSuite } from './runner/vitest.ts';

/** The suites in order, with their limits in seconds. */
const suites: Readonly<Record<string, number>> = { unit: 300, contract: 420, e2e: 900, fault: 900 };

/** `node test/run.ts [gates] [suite…]`: everything, or what is named. The last line is `N passed, N failed`; exit 1 when any failed. */
async function main(asked: readonly string[]): Promise<number> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const unknown = asked.find((name) => name !== 'gates' && suites[name] === undefined);
  if (unknown !== undefined) {
    console.error(`there is no suite ${unknown}; there are gates, ${Object.keys(suites).join(', ')}`);
    return 2;
  }
  const wanted = (name: string): boolean => asked.length === 0 || asked.includes(name);
  const results: SuiteResult[] = wanted('gates') ? [runGates(root)] : [];
  for (const [name, limitSeconds] of Object.entries(suites)) {
    if (!wanted(name)) continue;
    console.log(`\n== ${name}`);
    const result = await runSuite(root, name, limitSeconds);
    console.log(`== ${name}: ${result.passed} passed, ${result.failed} failed, ${result.seconds.toFixed(1)} s${result.why === null ? '' : `, ${result.why}`}`);
    results.push(result);
  }
  const sum = (key: 'passed' | 'failed'): number => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${renderTable(results)}\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

/** Each gate counts as one test. */
function runGates(root: string): SuiteResult {
  const started = performance.now();
  console.log('== gates');
  const green = Object.entries(gates).filter(([name, gate]) => {
    const { ok, output } = gate(root);
    console.log(`${ok ? 'ok ' : 'RED'} ${name}`);
    if (!ok) process.stdout.write(output.replace(/^(?=.)/gm, '    '));
    return ok;
  });
  const total = Object.keys(gates).length;
  return { name: 'gates', passed: green.length, failed: total - green.length, seconds: (performance.now() - started) / 1000, why: null };
}

process.exitCode = await main(process.argv.slice(2));
