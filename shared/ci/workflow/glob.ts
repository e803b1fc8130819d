/**
 * Whether a doublestar pattern matches a whole path or branch name: `*` and `?` stay inside one segment, `**` as a segment of
 * its own spans any number of them (none too), `[a-z]`, `[!a]` and `{a,b}` work, `\` takes the next character as it is.
 * Names that start with a dot are nothing special.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = text.split('/');
  return expandBraces(pattern, 0).some((each) => matchParts(each.replaceAll('\\/', '/').split('/'), parts));
}

function matchParts(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '**') {
    if (rest[0] === '**') return matchParts(rest, text);
    return Array.from({ length: text.length + 1 }, (_, k) => k).some((k) => matchParts(rest, text.slice(k)));
  }
  const [head, ...tail] = text;
  return head !== undefined && segment(first).test(head) && matchParts(rest, tail);
}

function segment(pattern: string): RegExp {
  const tokens = pattern.match(/\\.|\*+|\?|\[[!^]?[^\]]+\]|[^]/gsu) ?? [];
  return new RegExp(`^${tokens.map(segmentToken).join('')}$`, 'su');
}

function segmentToken(token: string): string {
  if (token.startsWith('*')) return '.*';
  if (token === '?') return '.';
  if (token.startsWith('[') && token.length > 2) {
    const inverted = token[1] === '!' || token[1] === '^';
    const members = token.slice(inverted ? 2 : 1, -1).replace(/[\\\][^&~|]/g, (c) => `\\${c}`);
    return `[${inverted ? '^' : ''}${members}]`;
  }
  const literal = token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, (c) => `\\${c}`);
}

/** One pattern per choice of its outermost braces, then of the inner ones. Deeper than eight levels stays as it is. */
function expandBraces(pattern: string, depth: number): readonly string[] {
  const open = indexOutsideEscape(pattern, 0);
  if (open === -1 || depth > 8) return [pattern];
  const end = closingBrace(pattern, open);
  if (end === -1) return [pattern];
  const before = pattern.slice(0, open);
  const after = pattern.slice(end + 1);
  return splitChoices(pattern.slice(open + 1, end)).flatMap((choice) => expandBraces(before + choice + after, depth + 1));
}

function indexOutsideEscape(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '{') return i;
  }
  return -1;
}

function closingBrace(text: string, open: number): number {
  let level = 0;
  for (let i = open; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '{') level += 1;
    else if (text[i] === '}' && --level === 0) return i;
  }
  return -1;
}

function splitChoices(text: string): readonly string[] {
  const choices: string[] = [''];
  let level = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? '';
    if (char === '{') level += 1;
    if (char === '}') level -= 1;
    if (char === ',' && level === 0) choices.push('');
    else choices[choices.length - 1] += char === '\\' ? char + (text[(i += 1)] ?? '') : char;
  }
  return choices;
}
