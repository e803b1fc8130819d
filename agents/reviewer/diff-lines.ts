/**
 * Line numbers of the new version that a unified diff shows, per path: the only places where the forge takes an inline
 * comment. Deleted files have none.
 */
export function shownLines(diff: string): ReadonlyMap<string, ReadonlySet<number>> {
  const shown = new Map<string, Set<number>>();
  let current: Set<number> | null = null;
  let line = 0;
  let inHeader = false;
  for (const text of diff.split('\n')) {
    if (text.startsWith('diff --git ')) {
      current = null;
      inHeader = true;
    } else if (inHeader && text.startsWith('+++ ')) {
      const path = /^\+\+\+ (?:"?b\/)(.*?)"?\s*$/.exec(text)?.[1];
      current = path === undefined ? null : new Set();
      if (path !== undefined && current !== null) shown.set(path, current);
    } else if (text.startsWith('@@ ')) {
      inHeader = false;
      line = Number(/\+(\d+)/.exec(text)?.[1] ?? 0);
    } else if (current !== null && line > 0 && (text.startsWith('+') || text.startsWith(' '))) {
      current.add(line);
      line += 1;
    }
  }
  return shown;
}
