import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asSha, type Sha } from '#domain/sha';

/** Whether git would take this as a full ref name. Stricter than git: plain characters only. */
export function isRefName(ref: string): boolean {
  return /^refs\/[\w.@+#=,-]+(?:\/[\w.@+#=,-]+)+$/.test(ref) && !/\.\.|@\{|\/[.-]|\.(?:\/|$)|\.lock(?:\/|$)/.test(ref);
}

export function assertRefName(ref: string): string {
  if (!isRefName(ref)) throw new TypeError(`not a full ref name: ${ref.slice(0, 120)}`);
  return ref;
}

/**
 * One ref of a git directory, read as git does (loose file, then packed-refs) but without starting git: the directory may be
 * one that a session wrote to, so links, pipes and oversized files are not followed. Null when absent or unreadable as a name.
 */
export async function readRef(gitDir: string, ref: string): Promise<Sha | null> {
  assertRefName(ref);
  const loose = await readPlain(join(gitDir, ref), 4096);
  return toSha(loose) ?? (await packedRefs(gitDir)).get(ref) ?? null;
}

/** HEAD of a git directory: its commit and, unless detached, its branch. Null when it cannot be read or has no commit yet. */
export async function readHead(gitDir: string): Promise<{ readonly sha: Sha; readonly ref: string | null } | null> {
  const head = await readPlain(join(gitDir, 'HEAD'), 4096);
  const ref = /^ref: (refs\/heads\/\S+)\s*$/.exec(head ?? '')?.[1];
  if (ref === undefined) {
    const sha = toSha(head);
    return sha === null ? null : { sha, ref: null };
  }
  const sha = isRefName(ref) ? await readRef(gitDir, ref) : null;
  return sha === null ? null : { sha, ref };
}

/** All refs under a prefix that ends with a slash, for example `refs/heads/`. */
export async function readRefs(gitDir: string, prefix: string): Promise<Map<string, Sha>> {
  const found = new Map([...(await packedRefs(gitDir))].filter(([ref]) => ref.startsWith(prefix)));
  for (const ref of await looseNames(gitDir, prefix.slice(0, -1))) {
    const sha = toSha(await readPlain(join(gitDir, ref), 4096));
    if (sha !== null) found.set(ref, sha);
  }
  return found;
}

/** Contents of a regular file up to a size, or null. */
export async function readPlain(path: string, maxBytes: number): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found?.isFile() !== true || found.size > maxBytes) return null;
  return await readFile(path, 'utf8').catch(() => null);
}

async function looseNames(gitDir: string, under: string): Promise<string[]> {
  const entries = await readdir(join(gitDir, under), { withFileTypes: true }).catch(() => []);
  const names = entries.map(async (entry) => {
    const ref = `${under}/${entry.name}`;
    if (entry.isDirectory()) return await looseNames(gitDir, ref);
    return entry.isFile() && isRefName(ref) ? [ref] : [];
  });
  return (await Promise.all(names)).flat();
}

async function packedRefs(gitDir: string): Promise<Map<string, Sha>> {
  const packed = (await readPlain(join(gitDir, 'packed-refs'), 64 * 1024 * 1024)) ?? '';
  const rows = packed.split('\n').flatMap((line) => {
    const [, sha, ref] = /^([0-9a-f]{40,64}) (refs\/\S+)$/.exec(line) ?? [];
    return sha === undefined || ref === undefined ? [] : [[ref, asSha(sha)] as const];
  });
  return new Map(rows);
}

function toSha(content: string | null): Sha | null {
  const name = content?.trim() ?? '';
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name) ? asSha(name) : null;
}
