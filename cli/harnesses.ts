import type { Finding } from './finding.ts';
import { processEnvironment } from '../shared/config/environment.ts';
import { claude } from '../shared/session/harness/claude.ts';
import { pi } from '../shared/session/harness/pi.ts';

/** Whether the coding-agent CLIs are there. pi is enough for the demo. */
export async function inspectHarnesses(): Promise<readonly Finding[]> {
  const path = processEnvironment()['PATH'] ?? '';
  const findings: Finding[] = [];
  for (const [name, harness, needed] of [
    ['pi', pi, true],
    ['claude', claude, false],
  ] as const) {
    try {
      const program = harness.locate(path);
      findings.push({ what: `${name} at ${program.command}`, ok: true, needed, mend: null });
    } catch (error) {
      findings.push({ what: name, ok: false, needed, mend: error instanceof Error ? error.message : String(error) });
    }
  }
  return findings;
}
