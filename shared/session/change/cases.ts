/** What is known of a language here; see `Language`. */
interface Patterns {
  readonly names: RegExp;
  readonly asserts: RegExp;
  readonly scripts: boolean;
}

/** What is said of a case whose assertion holds whatever the code does: as good as none. */
const trivial =
  /\bassert\s+(?:True|1|not False)\s*(?:,[^\n]*)?$|\bassert\s+(\w+|'[^'\n]*'|"[^"\n]*")\s*==\s*\1\s*$|\bexpect\(\s*(true|false|null|undefined|\d+|'[^'\n]*'|"[^"\n]*")\s*\)(?:\.\w+)+\(\s*(?:\2)?\s*\)|\bassert\w*(?:\.\w+)*!?\(\s*(?:true|1)\s*\)/gim;

/** A body that starts with `return`: what follows never runs. */
const returnsAtOnce = /^([^\n]*?[{:]\s*)return(?:[ \t]+(?:None|nil|null|undefined|true))?[ \t]*(?:;|\n|$)[\s\S]*/;

/** In files without named cases only words that mean nothing else. */
const plainWords = /assert|\bexpect/gi;

/** In one file; every old case is compared with as many new ones. */
const mostRenamed = 200;

/** Text of each named case, up to the next one; cases of one name count together. `code` is without comments. */
function bodiesOf(code: string, language: Patterns): ReadonlyMap<string, string> {
  const bodies = new Map<string, string>();
  const found = [...code.matchAll(language.names)];
  for (const [at, match] of found.entries()) {
    const name = nameOf(match);
    const body = code.slice(match.index + match[0].length, found[at + 1]?.index ?? code.length);
    if (name !== '') bodies.set(name, `${bodies.get(name) ?? ''}${body}`);
  }
  return bodies;
}

export function nameOf(match: RegExpMatchArray): string {
  return match.slice(1).find((group) => group !== undefined) ?? '';
}

/**
 * How many named cases are gone: not in the new text, not in `known` (the names in all test files of the change), and without
 * a new case of another name that still has half of the words.
 */
export function countLost(before: string, after: string, language: Patterns, known: ReadonlySet<string>): number {
  const old = bodiesOf(before, language);
  const now = bodiesOf(after, language);
  const fresh = [...now].filter(([name]) => !old.has(name)).map(([, body]) => wordsOf(body));
  let lost = 0;
  for (const [name, body] of old) {
    if (now.has(name) || known.has(name)) continue;
    const words = wordsOf(body);
    const renamed = fresh.slice(0, mostRenamed).findIndex((other) => words.size === 0 || [...words].filter((word) => other.has(word)).length >= words.size / 2);
    if (renamed < 0) lost += 1;
    else fresh.splice(renamed, 1);
  }
  return lost;
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/\w+/g) ?? []);

/** How many cases asserted something and assert nothing any more; a file without named cases counts as one. */
export function countEmptied(before: string, after: string, language: Patterns): number {
  const old = bodiesOf(before, language);
  const now = bodiesOf(after, language);
  const emptied = [...old].filter(([name, body]) => isEmptied(body, now.get(name) ?? body, language.asserts)).length;
  if (emptied > 0) return emptied;
  const words = language.scripts ? language.asserts : plainWords;
  return old.size === 0 && now.size === 0 && isEmptied(before, after, words) ? 1 : 0;
}

function isEmptied(before: string, after: string, asserts: RegExp): boolean {
  if (before.trim() === after.trim()) return false;
  const [old, now] = [before, after]
    .map((body) => body.replace(returnsAtOnce, '$1'))
    .map((text) => ({ all: count(text, asserts), real: count(text.replaceAll(trivial, ''), asserts) }));
  if (old === undefined || now === undefined) return false;
  return (old.all > 0 && now.all === 0) || (old.real > 0 && now.real === 0);
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

const keyword = /(?:^|[;&|(){]|\b(?:then|do|else))\s*(if|case|for|while|until|select|fi|esac|done)(?=[\s;)]|$)|(\{)(?=\s|$)|(?:^|[;\s])(\})/g;
const successfulEnd = /(?:(?:^|[;&|]|\b(?:then|else))\s*exit|(?:^|;)\s*return)(?:\s+["']?0["']?)?\s*(?:[;}]|$)/;
const nothingMore = /^\s*(?:(?:echo|printf|exit|return)\b.*|fi|done|esac|else|[{}]|;;)?\s*$/;

/**
 * How often a shell script ends with success, in no function and in no block but an `if`, although commands follow that it then
 * leaves out. `code` is without comments.
 */
export function countEarlyExits(code: string): number {
  const lines = withoutHeredocs(code)
    .replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (text) => (text.length === 3 ? text : `''${text.replaceAll(/[^\n]/g, '')}`))
    .split('\n');
  const last = lines.findLastIndex((line) => !nothingMore.test(line));
  const open: string[] = [];
  let exits = 0;
  for (const [at, line] of lines.entries()) {
    if (at < last && open.every((block) => block === 'if') && !/\(\)\s*\{|^\s*(?:case|for|while|until)\b/.test(line) && successfulEnd.test(line)) exits += 1;
    for (const [, word, opening, closing] of line.matchAll(keyword)) {
      if (closing !== undefined || ['fi', 'esac', 'done'].includes(word ?? '')) open.pop();
      else open.push(word ?? opening ?? '');
    }
  }
  return exits;
}

function withoutHeredocs(code: string): string {
  let end: string | null = null;
  return code
    .split('\n')
    .filter((line) => {
      const inside = end !== null;
      if (inside ? line.trim() === end : true) end = inside ? null : (/<<-?\s*["'\\]?(\w+)/.exec(line)?.[1] ?? null);
      return !inside;
    })
    .join('\n');
}
