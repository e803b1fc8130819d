import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAst } from 'vitest/node';
import { type Node, nodesIn } from './syntax.ts';

/** The folders that hold code, in the order in which a reader meets them. */
export const codeFolders = ['agents', 'shared', 'embedded', 'cli', 'bench', 'test'];

/** One file of code: its text and the nodes of its syntax tree, outermost first. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly nodes: readonly Node[];
  /** Line of an offset, from 1. */
  lineAt(offset: number): number;
}

const parsed = new Map<string, Source>();

/** Every TypeScript and JavaScript file below the code folders of `root`, sorted; fixtures are data and left out. */
export function readSources(root: string): readonly Source[] {
  return codeFolders.flatMap((folder) => listFiles(root, folder, /\.[cm]?[jt]s$/)).map((path) => readSource(root, path));
}

/** Files below a folder whose name matches, as paths from the root with `/`, sorted. A missing folder holds nothing. */
export function listFiles(root: string, folder: string, name: RegExp): readonly string[] {
  const found: string[] = [];
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !skipped.has(entry.name)) walk(path);
      if (entry.isFile() && name.test(entry.name)) found.push(relative(root, path));
    }
  };
  try {
    walk(join(root, folder));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return found.toSorted();
}

const skipped = new Set(['node_modules', '.git', 'fixtures']);

function readSource(root: string, path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const key = `${path}\n${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const starts = lineStarts(text);
  const source: Source = {
    path,
    text,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    nodes: nodesIn(parse(path, text)),
    lineAt: (offset) => starts.findLastIndex((start) => start <= offset) + 1,
  };
  parsed.set(key, source);
  return source;
}

function parse(path: string, text: string): Node {
  try {
    return parseAst(text, { lang: path.endsWith('js') ? 'js' : 'ts' }) as unknown as Node;
  } catch (error) {
    throw new Error(`${path} is not valid TypeScript: ${String(error)}`, { cause: error });
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
