import { matchesGlob } from 'node:path';
import type { ChangedFile } from '#git';
import { hasLineRules, linesReason, pathReason, symlinkReason } from './paths.ts';
import type { ChangeRequest, ProtectedPath } from './request.ts';
import { findWeakenedTests } from './weakened-tests.ts';

/** Everything in the change that waits for a maintainer, sorted by path; one reason per path. */
export async function findProtected(request: ChangeRequest): Promise<readonly ProtectedPath[]> {
  const found = new Map<string, string>();
  for (const file of request.files) {
    const why = await reasonFor(file, request);
    if (why !== null) found.set(file.path, why);
  }
  for (const { path, why } of await findWeakenedTests(request)) if (!found.has(path)) found.set(path, why);
  return [...found].map(([path, why]) => ({ path, why })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function reasonFor(file: ChangedFile, request: ChangeRequest): Promise<string | null> {
  const { objects, to, policy } = request;
  const byPath = pathReason(file.path);
  if (byPath !== null) return byPath;
  if (policy.protectedPaths.some((glob) => matchesGlob(file.path, glob))) return 'a protected path of this project';
  if (file.mode === '160000') return 'a submodule';
  if (file.mode === '120000' && file.change !== 'deleted') return symlinkReason(file.path, (await objects.readFile(to, file.path))?.toString('utf8') ?? '');
  return file.change !== 'deleted' && hasLineRules(file.path) ? await reasonForLines(file, request) : null;
}

/** Lines that came with the base are not the session's doing. */
async function reasonForLines({ path }: ChangedFile, { objects, from, to, merge = null }: ChangeRequest): Promise<string | null> {
  const lines = async (at: ChangeRequest['to']): Promise<readonly string[] | null> => (await objects.readFile(at, path))?.toString('utf8').split('\n') ?? null;
  const before = [await lines(from), merge === null ? null : await lines(merge)].filter((text) => text !== null);
  const known = new Set(before.flat());
  return linesReason(
    path,
    ((await lines(to)) ?? []).filter((line) => !known.has(line)),
    before.length > 0,
  );
}
