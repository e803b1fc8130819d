import { isNode, type Node, nameOf, stringOf } from '../syntax.ts';

/** Something that code may say only in its homes (path prefixes). `finds` returns what it found in a node, or null. */
export interface ForbiddenRule {
  readonly rule: string;
  readonly homes: readonly string[];
  /** Whether tests may say it. */
  readonly tests: boolean;
  readonly right: string;
  finds(node: Node): string | null;
}

/** Calls and plain mentions of dotted names. */
const names =
  (...wanted: readonly string[]) =>
  (node: Node): string | null => {
    const name = node.type === 'MemberExpression' ? nameOf(node) : node.type === 'CallExpression' ? nameOf(node['callee']) : '';
    return wanted.includes(name) ? name : null;
  };

const imported =
  (from: RegExp, ...wanted: readonly string[]) =>
  (node: Node): string | null => {
    const specifiers: unknown = node['specifiers'];
    if (node.type !== 'ImportDeclaration' || !from.test(stringOf(node['source']) ?? '') || !Array.isArray(specifiers)) return null;
    const found = specifiers.filter(isNode).map((one) => nameOf(one['imported']));
    return found.find((name) => wanted.includes(name)) ?? null;
  };

const either =
  (...finders: readonly ((node: Node) => string | null)[]) =>
  (node: Node): string | null =>
    finders.map((find) => find(node)).find((found) => found !== null) ?? null;

function emptyDate(node: Node): string | null {
  const isDate = node.type === 'NewExpression' && nameOf(node['callee']) === 'Date';
  return isDate && Array.isArray(node['arguments']) && node['arguments'].length === 0 ? 'new Date()' : null;
}

function shellOption(node: Node): string | null {
  const value = node.type === 'Property' && nameOf(node['key']) === 'shell' ? node['value'] : null;
  return isNode(value) && value.type === 'Literal' && value['value'] !== false ? 'the option shell' : null;
}

function ownClass(node: Node): string | null {
  if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return null;
  return nameOf(node['superClass']).endsWith('Error') ? null : `class ${nameOf(node['id'])}`;
}

function barrel(node: Node): string | null {
  const isBarrel = node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && isNode(node['source']));
  return isBarrel ? `re-exports '${stringOf(node['source']) ?? ''}'` : null;
}

function dormantTest(node: Node): string | null {
  const name = node.type === 'MemberExpression' ? nameOf(node) : '';
  return /^(it|test|describe|suite)(\.\w+)*\.(skip|only|todo|skipIf|runIf|fails)$/.test(name) ? name : null;
}

const timers = ['setTimeout', 'setInterval', 'AbortSignal.timeout'];

export const forbiddenRules: readonly ForbiddenRule[] = [
  {
    rule: 'time',
    homes: ['shared/clock/', 'cli/', 'bench/'],
    tests: true,
    right: 'ask the clock that was handed in: clock.now(), clock.monotonic()',
    finds: either(names('Date.now', 'performance.now', 'process.hrtime', 'process.hrtime.bigint'), emptyDate),
  },
  {
    rule: 'chance',
    homes: ['shared/clock/', 'shared/process/contained.ts', 'bench/'],
    tests: true,
    right: 'ask the chance that was handed in: chance.id(), chance.random(), chance.secret()',
    finds: either(names('Math.random', 'crypto.randomUUID'), imported(/^(node:)?crypto$/, 'randomUUID', 'randomBytes', 'randomInt')),
  },
  {
    rule: 'timer',
    homes: ['shared/clock/', 'cli/main.ts', 'bench/'],
    tests: true,
    right: 'use clock.after or sleep of #clock, so that the simulator can turn the time',
    finds: either(names(...timers), imported(/^(node:)?timers/, ...timers)),
  },
  {
    rule: 'environment',
    homes: ['shared/config/environment.ts', 'cli/', 'bench/', 'shared/git/store.ts', 'embedded/forge/git/run.ts'],
    tests: true,
    right: 'take the environment as a parameter; shared/config/environment.ts reads it once',
    finds: names('process.env'),
  },
  {
    rule: 'shell',
    homes: [],
    tests: false,
    right: 'pass an array of arguments to execFile or spawn; data never becomes a command line',
    finds: either(shellOption, imported(/^(node:)?child_process$/, 'exec', 'execSync')),
  },
  { rule: 'class', homes: [], tests: false, right: 'a factory that returns an object; classes only extend Error', finds: ownClass },
  { rule: 'barrel', homes: [], tests: false, right: 'import from the file that defines it', finds: barrel },
  { rule: 'dormant-test', homes: [], tests: false, right: 'a test runs or does not exist', finds: dormantTest },
];
