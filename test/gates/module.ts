import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { isNode, stringOf } from './syntax.ts';
import type { Source } from './source.ts';

/** One import (or re-export) of a file. `target`: the file it names, null for a package, a Node module or one that is not there. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
  readonly target: string | null;
}

const statements = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression']);

/** What a file imports, with specifiers resolved by the map of package.json as Node does. */
export function importsOf(source: Source, root: string): readonly Import[] {
  const map = importMap(root);
  return source.nodes.flatMap((node) => {
    if (!statements.has(node.type)) return [];
    const specifier = stringOf(node['source']);
    if (specifier === null) return [];
    const typeOnly = node['importKind'] === 'type' || node['exportKind'] === 'type' || onlyTypes(node['specifiers']);
    return [{ specifier, line: source.lineAt(node.start), typeOnly, target: resolve(specifier, source.path, root, map) }];
  });
}

function onlyTypes(specifiers: unknown): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((one) => isNode(one) && (one['importKind'] === 'type' || one['exportKind'] === 'type'));
}

function importMap(root: string): ReadonlyMap<string, string> {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: Record<string, string> };
  return new Map(Object.entries(imports));
}

function resolve(specifier: string, from: string, root: string, map: ReadonlyMap<string, string>): string | null {
  const path = specifier.startsWith('.') ? join(dirname(from), specifier) : mapped(specifier, map);
  return path !== null && existsSync(join(root, path)) ? path : null;
}

function mapped(specifier: string, map: ReadonlyMap<string, string>): string | null {
  const exact = map.get(specifier);
  if (exact !== undefined) return join(exact);
  for (const [key, value] of map) {
    const prefix = key.endsWith('*') ? key.slice(0, -1) : null;
    if (prefix !== null && specifier.startsWith(prefix)) return join(value.replace('*', specifier.slice(prefix.length)));
  }
  return null;
}
