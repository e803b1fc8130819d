import type { Finding, Verdict } from './finding.ts';
import { type Import, importsOf } from './module.ts';
import { faceFiles, faceMay, folderRules, importRules } from './rules/import-rules.ts';
import { readSources, type Source } from './source.ts';

/** Who may import whom: by specifier, by folder, and nothing outside the map of package.json. */
export function checkImports(root: string): Verdict {
  const sources = readSources(root);
  const findings = sources.flatMap((source) => importsOf(source, root).flatMap((one) => judge(source, one)));
  return { looked: sources.length, findings, notes: [] };
}

function judge(source: Source, one: Import): readonly Finding[] {
  const finding = (rule: string, right: string): Finding[] => [{ path: source.path, line: one.line, rule, what: `imports '${one.specifier}'`, right }];
  if (isOwn(one.specifier) && one.target === null) return finding('import-target', 'name a file that is there, with .ts, or a key of package.json#imports');
  const test = isTest(source.path);
  const from = source.path.split('/')[0] ?? '';
  const to = one.target?.split('/')[0] ?? from;
  if (!test && one.target !== null && isTest(one.target)) return finding('import-test', 'production code never imports tests or their fixtures');
  if (!test && folderRules[from]?.includes(to) === false) return finding('import-folder', `${from}/ may import ${folderRules[from].join('/, ')}/`);
  if (faceFiles.includes(source.path)) return matches(one, faceMay) ? [] : finding('import-face', `a face imports ${faceMay.join(', ')} and nothing else`);
  const [agent, other] = [roleOf(source.path), roleOf(one.target ?? '')];
  if (agent !== null && other !== null && agent !== other) return finding('import-agent', 'agents meet on the forge only; what two need lives in shared/work');
  const rule = importRules.filter(({ zone }) => source.path.startsWith(zone)).toSorted((a, b) => b.zone.length - a.zone.length)[0];
  if (rule === undefined) return finding('import-zone', 'give this folder a rule in test/gates/rules/import-rules.ts');
  const more = test ? ['vitest', 'vitest/*', 'node:*', '../*', '#*', 'zod', 'yaml'] : [];
  return matches(one, [...rule.may, ...more]) ? [] : finding('import', rule.right);
}

/** Tests, and what only tests use, wherever they lie. */
export function isTest(path: string): boolean {
  return /\.test\.ts$|^test\/|\/(test|live)\/|\/fixture\.ts$|^vitest\./.test(path);
}

function isOwn(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith('#');
}

function roleOf(path: string): string | null {
  return /^agents\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function matches({ specifier }: Import, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? specifier.startsWith(pattern.slice(0, -1)) : specifier === pattern));
}
