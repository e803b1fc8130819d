import type { ChangedFile } from '#git';

const changes: Readonly<Record<string, ChangedFile['change']>> = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' };

/** Reads `git diff-tree -r -z --raw --numstat`: first `:modes shas letter`, path for each file, then the counts for each. */
export function parseChanges(fields: readonly string[]): ChangedFile[] {
  const counts = new Map(
    fields.flatMap((field) => {
      const [, added, deleted, path] = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(field) ?? [];
      return added === undefined || deleted === undefined || path === undefined ? [] : [[path, { added, deleted }] as const];
    }),
  );
  const files: ChangedFile[] = [];
  for (let i = 0; fields[i]?.startsWith(':') === true; i += 2) {
    const [oldMode = '', newMode = '', , , letter = ''] = (fields[i] ?? '').slice(1).split(' ');
    const path = fields[i + 1] ?? '';
    const count = counts.get(path);
    const change = changes[letter.charAt(0)] ?? 'modified';
    files.push({
      path,
      change,
      mode: change === 'deleted' ? oldMode : newMode,
      additions: Number(count?.added ?? 0) || 0,
      deletions: Number(count?.deleted ?? 0) || 0,
      binary: count?.added === '-',
    });
  }
  return files;
}
