import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { renderFailure, type SuiteResult } from './suite.ts';

/** The part of vitest's JSON report that we read. */
const Report = z.object({
  success: z.boolean(),
  numTotalTests: z.number(),
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() })),
    }),
  ),
});

/**
 * Runs one project of vitest.config.ts and streams what it says. It ends with its whole process group after `limitSeconds`.
 * A test that did not run counts as failed; so does a report that is missing or that says failure without a failed test.
 */
export async function runSuite(root: string, name: string, limitSeconds: number): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-suite-'));
  const file = join(folder, 'report.json');
  const started = performance.now();
  try {
    // A forge that runs elsewhere is one for all files: they take turns.
    const turns = (process.env['DISINTO_TEST_FORGE_URL'] ?? '') === '' ? atOnce(name) : ['--no-file-parallelism'];
    const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const exit = await runVitest(root, ['run', '--project', name, ...turns, ...reports], limitSeconds);
    const report = readReport(file);
    return { name, seconds: (performance.now() - started) / 1000, ...judge(report, exit, limitSeconds), failures: failuresOf(root, report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tests of real forges wait for them much of the time: two files at once use two cores, where vitest would leave one free. */
const atOnce = (name: string): readonly string[] => (name === 'contract' ? [`--maxWorkers=${Math.max(2, availableParallelism() - 1)}`] : []);

type Exit = number | 'too-long';

function judge(report: z.infer<typeof Report> | null, exit: Exit, limitSeconds: number): Pick<SuiteResult, 'passed' | 'failed' | 'why'> {
  if (exit === 'too-long') return { passed: report?.numPassedTests ?? 0, failed: 1, why: `ended after its limit of ${limitSeconds} s` };
  if (report === null) return { passed: 0, failed: 1, why: `vitest ended with ${exit} and without a report` };
  const passed = report.numPassedTests;
  const failed = report.numTotalTests - passed;
  const silent = failed === 0 && (exit !== 0 || !report.success || passed === 0);
  return silent ? { passed, failed: 1, why: 'a file or a hook failed outside of any test' } : { passed, failed, why: null };
}

function failuresOf(root: string, report: z.infer<typeof Report> | null): readonly string[] {
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults
      .filter((test) => test.status !== 'passed')
      .map((test) => renderFailure(file, test.fullName, test.failureMessages ?? [test.status]));
    return failed.length === 0 && status === 'failed' ? [renderFailure(file, 'outside of any test', [message])] : failed;
  });
}

function readReport(file: string): z.infer<typeof Report> | null {
  try {
    return Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function runVitest(root: string, args: readonly string[], limitSeconds: number): Promise<Exit> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const endGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const interrupted = (): void => {
    endGroup('SIGTERM');
    process.exit(130);
  };
  return new Promise((resolve, reject) => {
    const end = (exit: Exit): void => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      endGroup('SIGKILL');
      resolve(exit);
    };
    const timer = setTimeout(() => end('too-long'), limitSeconds * 1000);
    process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
    child.on('error', reject);
    child.on('exit', (code) => end(code ?? 1));
  });
}
