import { dirname } from 'node:path/posix';
import type { Finding, Verdict } from './finding.ts';
import { isTest } from './imports.ts';
import { readSources, type Source } from './source.ts';
import { isNode, type Node, nameOf } from './syntax.ts';

/** Lines and files. Functions, depth, medians and percentiles are of production code; files and folders of tests have the same limits. */
const limits = { file: 300, main: 40, function: 60, folder: 15, depth: 3, fileMedian: 60, fileP90: 250, functionP90: 40 };

export function checkSizes(root: string): Verdict {
  const sources = readSources(root);
  const production = sources.filter((source) => !isTest(source.path));
  const files = production.map((source) => source.lines);
  const functions = production.flatMap((source) => functionsOf(source).map((one) => one.lines));
  const findings = [...sources.flatMap(fileFindings), ...production.flatMap(functionFindings), ...folderFindings(sources), ...shapeFindings(files, functions)];
  const note = (name: string, values: readonly number[]): string =>
    `${name}: ${values.length}, lines median ${share(values, 0.5)}, p90 ${share(values, 0.9)}, max ${Math.max(...values)}`;
  return { looked: sources.length, findings, notes: [note('files', files), note('functions', functions)] };
}

function fileFindings({ path, lines }: Source): readonly Finding[] {
  const limit = /^agents\/[^/]+\/main\.ts$/.test(path) ? limits.main : limits.file;
  const findings: Finding[] = [];
  if (lines > limit)
    findings.push({ path, line: limit + 1, rule: 'file-size', what: `${lines} lines`, right: `at most ${limit}; give a concern of its own a file of its own` });
  const depth = path.split('/').length - 1;
  if (depth > limits.depth && !isTest(path)) findings.push({ path, line: 1, rule: 'depth', what: `${depth} folders deep`, right: `at most ${limits.depth}` });
  return findings;
}

function functionFindings(source: Source): readonly Finding[] {
  return functionsOf(source).flatMap(({ name, line, lines }) =>
    lines <= limits.function
      ? []
      : [{ path: source.path, line, rule: 'function-size', what: `${name} has ${lines} lines`, right: `at most ${limits.function}` }],
  );
}

function folderFindings(sources: readonly Source[]): readonly Finding[] {
  const folders = Map.groupBy(sources, ({ path }) => dirname(path));
  return [...folders].flatMap(([path, { length }]) =>
    length <= limits.folder
      ? []
      : [{ path, line: 1, rule: 'folder-size', what: `${length} files`, right: `at most ${limits.folder}; what belongs together gets a folder` }],
  );
}

function shapeFindings(files: readonly number[], functions: readonly number[]): readonly Finding[] {
  const shapes: readonly (readonly [string, number, number])[] = [
    ['median lines of a file', share(files, 0.5), limits.fileMedian],
    ['90th percentile of lines of a file', share(files, 0.9), limits.fileP90],
    ['90th percentile of lines of a function', share(functions, 0.9), limits.functionP90],
  ];
  return shapes.flatMap(([name, is, limit]) =>
    is <= limit ? [] : [{ path: '.', line: 1, rule: 'shape', what: `${name}: ${is}`, right: `at most ${limit}; split the largest` }],
  );
}

interface Size {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** Named functions: declarations, methods, and function values given to a name or a key. */
function functionsOf(source: Source): readonly Size[] {
  return source.nodes.flatMap((node) => {
    const named = namedFunction(node);
    if (named === null) return [];
    const line = source.lineAt(named.body.start);
    return [{ name: named.name, line, lines: source.lineAt(named.body.end) - line + 1 }];
  });
}

function namedFunction(node: Node): { readonly name: string; readonly body: Node } | null {
  if (node.type === 'FunctionDeclaration') return { name: nameOf(node['id']), body: node };
  const [name, value] = node.type === 'VariableDeclarator' ? [node['id'], node['init']] : [node['key'], node['value']];
  const isFunction = isNode(value) && (value.type === 'ArrowFunctionExpression' || value.type === 'FunctionExpression');
  return isFunction ? { name: nameOf(name), body: value } : null;
}

function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
