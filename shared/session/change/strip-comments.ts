/** How a language writes comments. */
export type CommentStyle = 'slashes' | 'hash' | 'python' | 'none';

/**
 * The code without its comments; strings stay (a `//` in a URL is no comment). Quotes of one line end with it, so that a quote
 * in a regular expression cannot hide the rest of a file. Line breaks stay.
 */
export function stripComments(text: string, style: CommentStyle): string {
  switch (style) {
    case 'none':
      return text;
    case 'slashes':
      return text.replaceAll(slashes, keepStrings);
    case 'hash':
      return text.replaceAll(hash, keepStrings);
    case 'python':
      return text.replaceAll(python, (token) => (token.startsWith('"""') || token.startsWith("'''") ? breaksOf(token) : keepStrings(token)));
  }
}

const string = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const slashes = new RegExp(String.raw`${string}|\x60(?:[^\x60\\]|\\[\s\S])*\x60|\/\/[^\n]*|\/\*[\s\S]*?\*\/`, 'g');
const hash = new RegExp(String.raw`${string}|(?<=^|\s)#[^\n]*`, 'gm');
const python = new RegExp(String.raw`"""[\s\S]*?"""|'''[\s\S]*?'''|${string}|#[^\n]*`, 'g');

function keepStrings(token: string): string {
  return token.startsWith('/') || token.startsWith('#') ? breaksOf(token) : token;
}

const breaksOf = (token: string): string => token.replaceAll(/[^\n]+/g, ' ');
