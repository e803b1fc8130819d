/** Which lines of the new side of each file a unified diff shows (added and context lines). */
export function shownLines(diff: string): ReadonlyMap<string, ReadonlySet<number>> {
  const shown = new Map<string, Set<number>>();
  let lines: Set<number> | null = null;
  let at = 0;
  let left = 0;
  for (const line of diff.split('\n')) {
    const hunk = left > 0 ? null : /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) {
      at = Number(hunk[1]);
      left = hunk[2] === undefined ? 1 : Number(hunk[2]);
    } else if (left > 0) {
      if (line.startsWith('-') || line.startsWith('\\')) continue;
      lines?.add(at);
      at += 1;
      left -= 1;
    } else if (line.startsWith('+++ ')) {
      lines = new Set();
      shown.set(pathOf(line.slice(4)), lines);
    }
  }
  return shown;
}

/** `b/src/a.ts`, or quoted with C escapes when the name has special characters. */
function pathOf(name: string): string {
  const bare = name.replace(/\t.*$/, '').trimEnd();
  return (bare.startsWith('"') ? unquote(bare.slice(1, -1)) : bare).replace(/^b\//, '');
}

function unquote(text: string): string {
  const bytes = text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : ({ n: '\n', t: '\t', r: '\r' }[code] ?? code),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
