import type { Finding, Verdict } from './finding.ts';
import { isTest } from './imports.ts';
import { forbiddenRules } from './rules/forbidden-rules.ts';
import { readSources, type Source } from './source.ts';

/** Calls, imports and constructs that belong to one place only. */
export function checkForbidden(root: string): Verdict {
  const sources = readSources(root);
  return { looked: sources.length, findings: sources.flatMap(findIn), notes: [] };
}

function findIn(source: Source): readonly Finding[] {
  const test = isTest(source.path);
  const rules = forbiddenRules.filter(({ tests, homes }) => !(test && tests) && !homes.some((home) => source.path.startsWith(home)));
  const found = source.nodes.flatMap((node) =>
    rules.flatMap(({ rule, right, finds }) => {
      const what = finds(node);
      return what === null ? [] : [{ path: source.path, line: source.lineAt(node.start), rule, what, right }];
    }),
  );
  return [...new Map(found.map((one) => [`${one.line} ${one.rule} ${one.what}`, one])).values()];
}
