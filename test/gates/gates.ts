import { checkCycles } from './cycles.ts';
import { renderFinding, type Verdict } from './finding.ts';
import { checkForbidden } from './forbidden.ts';
import { checkImports } from './imports.ts';
import { checkManifest } from './manifest.ts';
import { checkSizes } from './sizes.ts';
import { checkText } from './text.ts';
import { type Said, tools } from './tools.ts';

/** Gates that are programs of our own. */
export const ownGates: Readonly<Record<string, (root: string) => Verdict>> = {
  imports: checkImports,
  cycles: checkCycles,
  sizes: checkSizes,
  forbidden: checkForbidden,
  text: checkText,
  manifest: checkManifest,
};

/** Every gate by name. A gate reads and never writes; one that looked at nothing is red. */
export const gates: Readonly<Record<string, (root: string) => Said>> = {
  ...Object.fromEntries(Object.entries(ownGates).map(([name, check]) => [name, (root: string) => render(check(root))])),
  ...tools,
};

function render({ looked, findings, notes }: Verdict): Said {
  const lines = [...findings.map(renderFinding), ...notes, ...(looked === 0 ? ['it looked at nothing'] : [])];
  return { ok: findings.length === 0 && looked > 0, output: lines.map((line) => `${line}\n`).join('') };
}
