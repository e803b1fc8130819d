import type { Git } from './run.ts';

export interface FileChange {
  readonly path: string;
  readonly previous: string | null;
  readonly status: 'added' | 'changed' | 'deleted' | 'renamed' | 'copied';
  readonly additions: number;
  readonly deletions: number;
}

const statuses: Readonly<Record<string, FileChange['status']>> = { A: 'added', D: 'deleted', R: 'renamed', C: 'copied' };

/** Files that differ between two trees, renames found. */
export async function listFileChanges(git: Git, folder: string, from: string, to: string): Promise<FileChange[]> {
  const { out } = await git.run(folder, ['diff', '--raw', '--numstat', '-z', '-M', '--no-ext-diff', from, to]);
  const fields = out.split('\0');
  const kinds = new Map<string, FileChange['status']>();
  const changes: FileChange[] = [];
  let at = 0;
  while (at < fields.length && fields[at] !== '') {
    const field = fields[at] ?? '';
    if (field.startsWith(':')) {
      const letter = /([A-Z])\d*$/.exec(field)?.[1] ?? 'M';
      const paths = letter === 'R' || letter === 'C' ? 2 : 1;
      kinds.set(fields[at + paths] ?? '', statuses[letter] ?? 'changed');
      at += 1 + paths;
      continue;
    }
    const [added = '0', deleted = '0', path = ''] = field.split('\t');
    const renamed = path === '';
    const name = renamed ? (fields[at + 2] ?? '') : path;
    changes.push({
      path: name,
      previous: renamed ? (fields[at + 1] ?? null) : null,
      status: kinds.get(name) ?? 'changed',
      additions: Number(added) || 0,
      deletions: Number(deleted) || 0,
    });
    at += renamed ? 3 : 1;
  }
  return changes;
}

export const diffText = async (git: Git, folder: string, from: string, to: string): Promise<string> =>
  (await git.run(folder, ['diff', '-M', '--no-ext-diff', '--full-index', '--binary', from, to])).out;

export const patchText = async (git: Git, folder: string, from: string, to: string): Promise<string> =>
  (await git.run(folder, ['format-patch', '--stdout', `${from}..${to}`])).out;

/** Lines of a file in a commit; null: it is not there. */
export async function countLines(git: Git, folder: string, commit: string, path: string): Promise<number | null> {
  const { code, out } = await git.run(folder, ['cat-file', 'blob', `${commit}:${path}`], { answers: [128] });
  return code === 0 ? out.split('\n').length - (out.endsWith('\n') ? 1 : 0) : null;
}

/** The piece of the diff around a line of the new file, up to that line; empty when the line is not in the diff. */
export async function diffHunk(git: Git, folder: string, place: { from: string; to: string; path: string; line: number }): Promise<string> {
  const { out } = await git.run(folder, ['diff', '--no-ext-diff', place.from, place.to, '--', `:(literal)${place.path}`], { answers: [128] });
  let hunk: string[] = [];
  let line = 0;
  for (const text of out.replace(/\n$/, '').split('\n')) {
    const start = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (start !== null) {
      line = Number(start[1]) - 1;
      hunk = [text];
      continue;
    }
    if (hunk.length === 0) continue;
    hunk.push(text);
    if (!text.startsWith('-') && !text.startsWith('\\')) line += 1;
    if (line === place.line && !text.startsWith('-')) return [hunk[0] ?? '', ...hunk.slice(1).slice(-4)].join('\n');
  }
  return '';
}
