/**
 * Which issues an issue waits for, read from its body only (C21: comments are never parsed).
 *
 * - A heading of any level that begins with "Depends on", "Blocked by" or "Dependencies": every `#n` below it, up to the next
 *   heading of any level.
 * - A line that says "depends on" or "blocked by": every `#n` after those words, up to the end of that sentence. "not blocked
 *   by" and "no longer depends on" say nothing.
 *
 * Fenced code, inline code, HTML comments and quoted lines do not count (C23). `## Related` is no dependency (C22).
 */
export function parseDependencies(body: string): readonly number[] {
  const found = new Set<number>();
  let inSection = false;
  for (const line of proseLines(body)) {
    const heading = /^ {0,3}#{1,6}\s+(.*)$/.exec(line)?.[1];
    if (heading !== undefined) {
      inSection = /^(?:depends on|blocked by|dependencies)\b/i.test(heading.trim());
      if (inSection) addNumbers(heading, found);
      continue;
    }
    if (inSection) addNumbers(line, found);
    else for (const clause of dependencyClauses(line)) addNumbers(clause, found);
  }
  return [...found].sort((a, b) => a - b);
}

/** Lines that count as prose: no fences, comments or quotes. */
function proseLines(body: string): readonly string[] {
  const visible = body.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of visible.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark) fence = null;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    if (/^\s*>/.test(line)) continue;
    lines.push(line.replace(/`[^`]*`/g, ''));
  }
  return lines;
}

function dependencyClauses(line: string): readonly string[] {
  const clauses: string[] = [];
  for (const match of line.matchAll(/\b(?:depends|blocked)\s+(?:on|by)\b/gi)) {
    const before = line.slice(0, match.index);
    if (/\b(?:not|no longer|isn't|never|doesn't|don't)\s+(?:\w+\s+)?$/i.test(before)) continue;
    const after = line.slice(match.index + match[0].length);
    clauses.push(after.split(/[.;](?:\s|$)/, 1)[0] ?? '');
  }
  if (clauses.length === 0 && /^\s*(?:[-*]\s*)?(?:\*\*)?depend(?:s|encies)\s*:/i.test(line)) clauses.push(line);
  return clauses;
}

function addNumbers(text: string, into: Set<number>): void {
  for (const match of text.matchAll(/(?<![\w/&#])#([1-9][0-9]{0,8})\b/g)) into.add(Number(match[1]));
}

/**
 * The issues on a cycle that `start` is part of, in order and ending before it repeats, or null. `edges` gives the open
 * dependencies of an issue; an issue that depends on itself is a cycle of one (D12).
 */
export function findCycle(start: number, edges: (issue: number) => readonly number[]): readonly number[] | null {
  const path: number[] = [];
  const done = new Set<number>();
  const walk = (issue: number): boolean => {
    path.push(issue);
    for (const next of edges(issue)) {
      if (next === start) return true;
      if (done.has(next) || path.includes(next)) continue;
      if (walk(next)) return true;
    }
    done.add(issue);
    path.pop();
    return false;
  };
  return walk(start) ? path : null;
}
