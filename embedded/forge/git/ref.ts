import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name git uses for "no object". */
export const zero = '0'.repeat(40);
export const branchRef = (branch: string): string => `refs/heads/${branch}`;
export const branchOf = (ref: string): string | null => (ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null);
export const isZero = (sha: string): boolean => /^0+$/.test(sha);
export const isSha = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

interface Packed {
  readonly stamp: string;
  readonly refs: ReadonlyMap<string, string>;
}
const packedByFolder = new Map<string, Packed>();

/**
 * The object a ref points to, read from the repository's files: no child process, so that reads stay fast while git works.
 * Null: there is no such ref. Symbolic refs other than HEAD are not followed; nobody makes them here.
 */
export function readRef(folder: string, ref: string): string | null {
  if (!isSafeRef(ref)) return null;
  const loose = readText(join(folder, ref))?.trim();
  if (loose !== undefined && isSha(loose)) return loose;
  return packedRefs(folder).get(ref) ?? null;
}

/** A full ref name that cannot leave the repository's folder. */
export const isSafeRef = (ref: string): boolean =>
  ref.startsWith('refs/') && !ref.includes('..') && !ref.includes('//') && !ref.endsWith('/') && !/[\0-\x20\x7f~^:?*[\\]/.test(ref);

/** Writes a ref that only this server writes (`refs/pull/<n>/head`), without a child process. */
export function writeOwnRef(folder: string, ref: string, sha: string): void {
  const path = join(folder, ref);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${sha}\n`);
  renameSync(`${path}.new`, path);
}

function packedRefs(folder: string): ReadonlyMap<string, string> {
  const path = join(folder, 'packed-refs');
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return new Map();
  const stamp = `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
  const known = packedByFolder.get(folder);
  if (known?.stamp === stamp) return known.refs;
  const lines = (readText(path) ?? '').split('\n').map((line) => /^([0-9a-f]{40,64}) (.+)$/.exec(line));
  const refs = new Map(lines.flatMap((line): [string, string][] => (line === null ? [] : [[line[2] ?? '', line[1] ?? '']])));
  packedByFolder.set(folder, { stamp, refs });
  return refs;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
