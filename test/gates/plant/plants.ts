/** One violation per rule: the gate that must turn red, the rule it must name, and the files that violate it. */
export interface Plant {
  readonly gate: string;
  readonly rule: string;
  readonly what: string;
  readonly files: Readonly<Record<string, string | ((before: string) => string)>>;
  /** Where the finding must lie; by default the first file. */
  readonly at?: string;
}

/** Cut in two, so that the text gate does not find its own tests. */
const word = (...parts: readonly string[]): string => parts.join('');

const lines = (count: number, line = '// one more line'): string => `${Array.from({ length: count }, () => line).join('\n')}\n`;
const first =
  (line: string) =>
  (before: string): string =>
    `${line}\n${before}`;
const imports = (rule: string, path: string, specifier: string, what = `${path.split('/').slice(0, -1).join('/')} imports ${specifier}`): Plant => ({
  gate: 'imports',
  rule,
  what,
  files: { [path]: `import '${specifier}';\n` },
});

const importPlants: readonly Plant[] = [
  imports('import', 'agents/dev/planted.ts', 'undici'),
  imports('import', 'agents/dev/planted.ts', 'node:child_process'),
  imports('import', 'agents/merger/planted.ts', 'pino'),
  imports('import-agent', 'agents/merger/planted.ts', '#dev/snapshot', 'an agent imports the private part of another'),
  imports('import', 'agents/reviewer/planted.ts', '../../shared/forge/forgejo.ts', 'an agent imports an adapter'),
  imports('import-agent', 'agents/reviewer/planted.ts', '../merger/merger.ts', 'an agent imports another agent'),
  imports('import', 'shared/domain/planted.ts', '#forge'),
  imports('import', 'shared/domain/planted.ts', 'node:fs'),
  imports('import', 'shared/work/planted.ts', '../forge/forgejo.ts'),
  imports('import', 'shared/forge/planted.ts', 'execa'),
  imports('import', 'shared/forge/planted.ts', '../git/store.ts'),
  imports('import', 'shared/git/planted.ts', 'undici'),
  imports('import', 'shared/ledger/planted.ts', 'croner'),
  imports('import', 'shared/log/planted.ts', 'yaml'),
  imports('import', 'shared/agent/planted.ts', '../ledger/sqlite.ts', 'a file of the host that is not connect.ts reaches an adapter'),
  imports('import', 'embedded/ci/planted.ts', 'undici'),
  imports('import', 'cli/planted.ts', 'execa'),
  imports('import-folder', 'shared/work/planted.ts', '../../cli/main.ts', 'shared imports the command line'),
  imports('import-folder', 'shared/ci/planted.ts', '../../embedded/ci/server.ts', 'shared imports embedded'),
  imports('import-folder', 'embedded/ci/planted.ts', '../../agents/dev/main.ts', 'embedded imports an agent'),
  imports('import-test', 'cli/planted.ts', '../test/run.ts', 'production code imports a test'),
  imports('import-target', 'shared/work/planted.ts', '#forge/forgejo', 'a key that package.json does not map'),
  imports('import-zone', 'shared/planted/planted.ts', 'zod', 'a folder without a rule'),
  {
    gate: 'imports',
    rule: 'import-face',
    what: 'a face imports its adapter',
    files: { 'shared/forge/forge.ts': first("import type {} from './forgejo.ts';") },
  },
  { gate: 'imports', rule: 'import', what: 'an import() counts', files: { 'agents/dev/planted.ts': "export const load = () => import('undici');\n" } },
  { gate: 'imports', rule: 'import', what: 'a type counts', files: { 'agents/dev/planted.ts': "export type { Pool } from 'undici';\n" } },
];

const cyclePlants: readonly Plant[] = [
  {
    gate: 'cycles',
    rule: 'cycle',
    what: 'two files import each other',
    files: { 'shared/work/planted-b.ts': "import './planted-a.ts';\n", 'shared/work/planted-a.ts': "import './planted-b.ts';\n" },
  },
  {
    gate: 'cycles',
    rule: 'cycle',
    what: 'three files, over the import map, by types',
    at: 'shared/domain/planted-c.ts',
    files: {
      'shared/domain/planted-a.ts': "import type {} from '#domain/planted-b';\n",
      'shared/domain/planted-b.ts': "import type {} from '#domain/planted-c';\n",
      'shared/domain/planted-c.ts': "import type {} from './planted-a.ts';\n",
    },
  },
];

const sizePlants: readonly Plant[] = [
  { gate: 'sizes', rule: 'file-size', what: 'a file of 301 lines', files: { 'shared/work/planted.ts': lines(301) } },
  { gate: 'sizes', rule: 'file-size', what: 'a test of 301 lines', files: { 'shared/work/planted.test.ts': lines(301) } },
  { gate: 'sizes', rule: 'file-size', what: 'a main.ts of 41 lines', files: { 'agents/planted/main.ts': lines(41) } },
  { gate: 'sizes', rule: 'function-size', what: 'a function of 61 lines', files: { 'shared/work/planted.ts': `function long() {\n${lines(59)}}\n` } },
  { gate: 'sizes', rule: 'function-size', what: 'an arrow of 61 lines', files: { 'shared/work/planted.ts': `const long = () => {\n${lines(59)}};\n` } },
  { gate: 'sizes', rule: 'depth', what: 'four folders deep', files: { 'shared/work/a/b/planted.ts': 'export {};\n' } },
  {
    gate: 'sizes',
    rule: 'folder-size',
    what: 'a folder of 16 files',
    at: 'shared/planted',
    files: Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`shared/planted/file-${at}.ts`, 'export {};\n'])),
  },
];

const says = (rule: string, path: string, text: string, what = text): Plant => ({
  gate: 'forbidden',
  rule,
  what: `${path}: ${what}`,
  files: { [path]: `${text}\n` },
});

const forbiddenPlants: readonly Plant[] = [
  says('time', 'agents/dev/planted.ts', 'export const at = Date.now();'),
  says('time', 'shared/work/planted.ts', 'export const at = new Date();'),
  says('time', 'embedded/ci/planted.ts', 'export const at = performance.now();'),
  says('chance', 'shared/git/planted.ts', 'export const luck = Math.random();'),
  says('chance', 'shared/ledger/planted.ts', "import { randomUUID } from 'node:crypto';"),
  says('timer', 'shared/agent/planted.ts', 'setTimeout(() => {}, 1);'),
  says('timer', 'embedded/model/planted.ts', 'globalThis.name; setInterval(() => {}, 1);'),
  says('timer', 'shared/ci/planted.ts', "import { setTimeout } from 'node:timers/promises';"),
  says('environment', 'shared/forge/planted.ts', "export const home = process.env['HOME'];"),
  says('shell', 'shared/process/planted.ts', "import { exec } from 'node:child_process';"),
  says('shell', 'cli/planted.ts', "spawn('ls', [], { shell: true });"),
  says('class', 'shared/work/planted.ts', 'export class Worker {}'),
  says('barrel', 'shared/work/planted.ts', "export * from './park.ts';"),
  says('dormant-test', 'shared/work/planted.test.ts', "it.skip('later', () => {});"),
  says('dormant-test', 'shared/work/planted.test.ts', "describe.skipIf(true)('later', () => {});"),
];

const text = (rule: string, line: string, path = 'cli/planted.ts'): Plant => ({
  gate: 'text',
  rule,
  what: `${path}: ${line}`,
  files: { [path]: `// ${line}\n` },
});

const textPlants: readonly Plant[] = [
  text('machine-path', word('/wo', 'rk/main/cli')),
  text('machine-path', word('see /ho', 'me/somebody/notes'), 'docs/planted.md'),
  text('registry', word('https://regis', 'try.npmjs.org/zod')),
  text('broad-kill', word('pk', 'ill -f node')),
  text('broad-prune', word('docker image pru', 'ne -a')),
  text('leftover', word('TO', 'DO: later')),
  text('lint-excuse', word('oxlint-dis', 'able-next-line no-empty')),
  { gate: 'text', rule: 'file-name', what: 'a name in camel case', files: { 'cli/plantedFile.ts': 'export {};\n' } },
  { gate: 'text', rule: 'file-name', what: 'a name that says nothing', files: { 'cli/utils.ts': 'export {};\n' } },
];

const manifestPlants: readonly Plant[] = [
  { gate: 'manifest', rule: 'exact-version', what: 'a version range', files: { 'package.json': (before) => before.replace('"zod": "', '"zod": "^') } },
  {
    gate: 'manifest',
    rule: 'owned-package',
    what: 'a package without a folder',
    files: { 'package.json': (before) => before.replace('"zod": "', '"lodash": "4.17.21",\n    "zod": "') },
  },
  {
    gate: 'manifest',
    rule: 'complete-lock',
    what: 'a lockfile without the package of another platform',
    files: { 'package-lock.json': (before) => before.replace('"node_modules/@oxlint/binding-win32-x64-msvc"', '"node_modules/@oxlint/gone"') },
  },
];

export const plants: readonly Plant[] = [...importPlants, ...cyclePlants, ...sizePlants, ...forbiddenPlants, ...textPlants, ...manifestPlants];
