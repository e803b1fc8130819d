const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A glob as a pattern over the whole text. With a separator, `*` and `?` stop at it and only `**` crosses. */
export function globPattern(glob: string, separator: '/' | null): RegExp {
  const any = separator === null ? '.' : '[^/]';
  const tokens = glob.match(/\\.|\*\*|\[!?[^\]]+\]|./gs) ?? [];
  let depth = 0;
  const translate = (token: string): string => {
    if (token === '**') return '.*';
    if (token === '*') return `${any}*`;
    if (token === '?') return any;
    if (token === ',' && depth > 0) return '|';
    if (token === '{') {
      depth += 1;
      return '(?:';
    }
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (token.length > 2 && token.startsWith('[')) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return escaped(token.length === 2 && token.startsWith('\\') ? token.slice(1) : token);
  };
  const source = tokens.map(translate).join('');
  // A brace that is never closed makes a broken pattern: such a glob matches itself and nothing else.
  return new RegExp(depth === 0 ? `^(?:${source})$` : `^${escaped(glob)}$`, 's');
}
