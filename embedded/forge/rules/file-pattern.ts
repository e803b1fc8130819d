/**
 * File patterns of a branch rule, as the forge reads them: globs between semicolons, case ignored; `*` stops at a slash and at a dot,
 * `**` at nothing. The result is one pattern over a whole lower-case path, in the words that JavaScript and grep -E share.
 */
export function filePattern(globs: string): string | null {
  const all = globs
    .toLowerCase()
    .split(';')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '' && !/[\t\n]/.test(glob));
  return all.length === 0 ? null : `^(${all.map(translate).join('|')})$`;
}

export const matchesPattern = (pattern: string | null, path: string): boolean => pattern !== null && new RegExp(pattern, 's').test(path.toLowerCase());

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function translate(glob: string): string {
  const tokens = glob.match(/\\.|\*\*|\[!?[^\]]+\]|./gs) ?? [];
  let depth = 0;
  const pieces = tokens.map((token) => {
    if (token === '**') return '.*';
    if (token === '*') return '[^./]*';
    if (token === '?') return '[^./]';
    if (token === ',' && depth > 0) return '|';
    if (token === '{' || (token === '}' && depth > 0)) {
      depth += token === '{' ? 1 : -1;
      return token === '{' ? '(' : ')';
    }
    if (token.length > 2 && token.startsWith('[')) return token.replace(/^\[!/, '[^');
    return escaped(token.length === 2 && token.startsWith('\\') ? token.slice(1) : token);
  });
  // A brace that is never closed makes a broken glob: it matches itself and nothing else.
  return depth === 0 ? pieces.join('') : escaped(glob);
}
