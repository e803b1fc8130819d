/** What a tool must refuse: its gate, a word of its message, and the code. All plants of one gate are judged in one run. */
export interface ToolPlant {
  readonly gate: 'types' | 'lint' | 'format' | 'unused';
  readonly says: string;
  readonly code: string;
}

const lint = (says: string, code: string): ToolPlant => ({ gate: 'lint', says, code });
const types = (says: string, code: string): ToolPlant => ({ gate: 'types', says, code });

export const toolPlants: readonly ToolPlant[] = [
  types('TS2322', "export const count: number = 'one';"),
  types('TS1294', 'export enum Colour { Red }'),
  types('TS1294', 'export class Port { constructor(readonly name: string) {} }'),
  types('TS6133', 'const unused = 1;'),
  types('TS4111', 'export const at = (of: Record<string, string>) => of.name;'),
  types('TS7030', 'export function maybe(x: number) { if (x > 1) return 1; }'),
  types('TS2532', 'export const second = (of: readonly string[]) => of[1].length;'),
  lint('no-floating-promises', 'export function start() { Promise.resolve(1); }'),
  lint('switch-exhaustiveness-check', "export function name(of: 'a' | 'b') { switch (of) { case 'a': return 1; } return 2; }"),
  lint('no-misused-promises', 'export const all = (of: number[]) => of.forEach(async (one) => { await Promise.resolve(one); });'),
  lint('await-thenable', 'export async function wait() { await 1; }'),
  lint('only-throw-error', "export function fail() { throw 'no'; }"),
  lint('return-await', 'export async function risky() { try { return Promise.resolve(1); } catch { return 2; } }'),
  lint('no-explicit-any', 'export const anything = (of: any) => of;'),
  lint('no-non-null-assertion', 'export const sure = (of: string | null) => of!.length;'),
  lint('no-unnecessary-type-assertion', 'export const same = (of: string) => of as string;'),
  lint('consistent-type-imports', "import { Log } from '#log'; export type Logs = readonly Log[];"),
  lint('no-default-export', 'export default 1;'),
  lint('prefer-node-protocol', "import { join } from 'path'; export const path = join('a', 'b');"),
  lint('no-console', "console.log('here');"),
  lint('eqeqeq', 'export const same = (a: number, b: number) => a == b;'),
  lint('no-empty', 'export function swallow() { try { JSON.parse(""); } catch {} }'),
  lint('no-param-reassign', 'export function change(of: number) { of = 2; return of; }'),
  lint('no-var', 'export var old = 1;'),
  lint('prefer-const', 'let fixed = 1; export const seen = fixed;'),
  lint('ban-ts-comment', '// @ts-nocheck\nexport {};'),
  { gate: 'format', says: 'planted', code: 'export  const spaced = "double"' },
  { gate: 'unused', says: 'planted', code: 'export const nobodyImportsThis = 1;' },
];
