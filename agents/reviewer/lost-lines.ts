import type { Sha } from '#domain/sha';
import type { Git } from '#git';

export interface LostLines {
  readonly path: string;
  /** Non-blank lines that the base added since the branch left it. */
  readonly added: number;
  /** How many of them are missing. */
  readonly lost: number;
  readonly sample: string;
}

/**
 * M12: lines that the base gained and the merge result does not have, in files that both sides touched; reported from half
 * of them on. Looks at the result of merging now, and at every merge of the base that was resolved on the branch, because a
 * wrong resolution makes the base an ancestor and the loss invisible to a diff.
 */
export async function findLostLines(git: Git, head: Sha, tip: Sha): Promise<readonly LostLines[]> {
  const merged = await git.mergeResult(tip, head);
  const found = merged.kind === 'clean' ? await lossOf(git, head, tip, merged.tree) : [];
  const from = await git.mergeBase(tip, head);
  const commits = from === null ? [] : await git.listCommits(from, head);
  for (const commit of commits) {
    const [ours, theirs] = commit.parents;
    if (ours !== undefined && theirs !== undefined && commit.parents.length === 2) found.push(...(await lossOf(git, ours, theirs, head)));
  }
  return found;
}

async function lossOf(git: Git, ours: Sha, theirs: Sha, result: Sha): Promise<LostLines[]> {
  const base = await git.mergeBase(ours, theirs);
  if (base === null || base === theirs) return [];
  const touched = new Set((await git.listChangedFiles(base, ours)).filter((file) => file.change !== 'deleted').map((file) => file.path));
  const found: LostLines[] = [];
  for (const file of await git.listChangedFiles(base, theirs)) {
    if (!touched.has(file.path) || file.binary || file.change === 'deleted') continue;
    const loss = await compare(git, file.path, { base, theirs, result });
    if (loss !== null) found.push(loss);
  }
  return found;
}

async function compare(git: Git, path: string, at: { readonly base: Sha; readonly theirs: Sha; readonly result: Sha }): Promise<LostLines | null> {
  const [before, after, now] = await Promise.all([lines(git, at.base, path), lines(git, at.theirs, path), lines(git, at.result, path)]);
  const old = new Set(before);
  const added = after.filter((line) => line.trim() !== '' && !old.has(line));
  const present = new Set(now);
  const lost = added.filter((line) => !present.has(line));
  if (added.length === 0 || lost.length * 2 < added.length) return null;
  return { path, added: added.length, lost: lost.length, sample: (lost[0] ?? '').trim().slice(0, 120) };
}

async function lines(git: Git, at: Sha, path: string): Promise<readonly string[]> {
  return ((await git.readFile(at, path))?.toString('utf8') ?? '').split(/\r?\n/);
}
