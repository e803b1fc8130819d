/**
 * Whether a doublestar pattern matches a whole path or branch name: `*` and `?` stay inside one segment, `**` as a segment of
 * its own spans any number of them (none too), `[a-z]`, `[!a]` and `{a,b}` work, `\` takes the next character as it is.
 * Names that start with a dot are nothing special.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = text.split('/');
  return expandBraces(pattern, 0).some((each) => matchParts(each.replaceAll('\\/', '/').split('/'), parts));
}

const matchParts = (pattern: readonly string[], parts: readonly string[]): boolean => matchWild(pattern, parts, (each) => each === '**', matchSegment);

const matchSegment = (pattern: string, text: string): boolean =>
  matchWild(pattern.match(/\\.|\*+|\?|\[[!^]?[^\]]+\]|[^]/gsu) ?? [], [...text], (token) => token.startsWith('*'), matchChar);

/** Matches a sequence against a pattern in which some elements (`isMany`) stand for any number of items. Never exponential. */
function matchWild(
  pattern: readonly string[],
  items: readonly string[],
  isMany: (each: string) => boolean,
  matchesOne: (each: string, item: string) => boolean,
): boolean {
  let [p, i, many, resume] = [0, 0, -1, 0];
  while (i < items.length) {
    const each = pattern[p];
    if (each !== undefined && isMany(each)) {
      [many, resume] = [p, i];
      p += 1;
    } else if (each !== undefined && matchesOne(each, items[i] ?? '')) {
      p += 1;
      i += 1;
    } else if (many !== -1) {
      resume += 1;
      [p, i] = [many + 1, resume];
    } else return false;
  }
  return pattern.slice(p).every(isMany);
}

function matchChar(token: string, char: string): boolean {
  if (token === '?') return true;
  if (token.startsWith('[') && token.length > 2) {
    const inverted = token[1] === '!' || token[1] === '^';
    const ranges = [...token.slice(inverted ? 2 : 1, -1).matchAll(/(.)-(.)|./gsu)];
    return ranges.some(([whole, from, to]) => (from !== undefined && to !== undefined ? from <= char && char <= to : whole === char)) !== inverted;
  }
  return (token.length > 1 && token.startsWith('\\') ? token.slice(1) : token) === char;
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
