import { exactShapes, looseShapes } from './shapes.ts';

const names = String.raw`(?:token|secret|passwd|password|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|encryption[_-]?key|credentials?)`;
/** `name: "value"`, `name = 'value'`, `"name" => "value"`. */
const quoted = new RegExp(String.raw`${names}[\w-]{0,40}["'\x60\])]{0,2}\s{0,20}(?::=|=>|[:=])\s{0,20}["'\x60]([^"'\x60\s]{12,500})["'\x60]`, 'gi');
/** `NAME=value` and `name: value` of environment, properties and YAML files. */
const bare = new RegExp(
  String.raw`^\s{0,40}(?:export\s{1,4}|-\s{1,4})?[\w.-]{0,60}${names}[\w-]{0,40}\s{0,10}[:=]\s{0,10}([^\s"'\x60#;,(){}[\]<>$]{16,500})\s*(?:#.*)?$`,
  'gi',
);
const bearer = /authorization["'`\]]{0,2}\s{0,9}[:=,]\s{0,9}["'`]?(?:bearer|token|basic)\s{1,9}([\w.~+/=-]{16,2000})/gi;
/** On one line or on the lines below, as such files are written. */
const netrc = /(?:^|\s)(?:machine\s{1,9}\S{1,200}|default)\s{1,20}login\s{1,9}(\S{1,100})\s{1,20}password\s{1,9}(\S{6,200})/gi;
const url = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'`]{1,100}:([^\s/:@"'`]{8,200})@([^\s/:"'`]{1,200})/gi;
const privateKey = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----(.{0,200})/;

const placeholder =
  /example|sample|placeholder|dummy|fake|mock|changeme|change[_-]me|replace|your[_-]|my[_-]?(?:token|secret|password|key)|redacted|masked|insert|todo|xxxx|\*\*\*|\.\.\.|…|\$\{|\{\{|<[^>]*>|%[sd]|0000000|1234567|abcdefg|deadbeef|foobar|password|not-?a-?(?:real|secret)|test/i;
const chunk = 4000;

/** Names of the rules that a line breaks. `following`: the next lines, for keys that span several. */
export function secretsIn(line: string, following: readonly string[] = []): readonly string[] {
  if (line.length > chunk) return [...new Set(pieces(line).flatMap((piece) => secretsIn(piece)))];
  const found = new Set(exactShapes.filter(([, shape]) => line.search(shape) >= 0).map(([rule]) => rule));
  for (const [rule, shape] of looseShapes) if (matches(shape, line).some(([value = '']) => isReal(value))) found.add(rule);
  if (isPrivateKey(line, following)) found.add('private key');
  if (found.size > 0) return [...found];
  if (matches(url, line).some(([value = '', host = '']) => isUrlPassword(value, host))) return ['password in a URL'];
  if (
    /\bmachine\s|\bdefault\b/i.test(line) &&
    matches(netrc, [line, ...following.slice(0, 3)].map((text) => text.slice(0, chunk)).join('\n')).some(([, value = '']) => isPassword(value))
  )
    return ['password in a netrc file'];
  const assigned = [...matches(quoted, line), ...matches(bare, line), ...matches(bearer, line)];
  return assigned.some(([value = '']) => isRandom(value)) ? ['secret in an assignment'] : [];
}

function matches(pattern: RegExp, line: string): readonly (readonly string[])[] {
  return [...line.matchAll(pattern)].map((match) => match.slice(1).filter((group) => group !== undefined));
}

/** Overlapping, so that nothing hides on a seam. */
function pieces(line: string): readonly string[] {
  const step = chunk - 600;
  return Array.from({ length: Math.ceil(line.length / step) }, (_, at) => line.slice(at * step, at * step + chunk));
}

/** The words alone stand in parsers and documents; a key has a body. */
function isPrivateKey(line: string, following: readonly string[]): boolean {
  const found = privateKey.exec(line);
  if (found === null) return false;
  const rest = found[1] ?? '';
  if (/[A-Za-z0-9+/=]{40}/.test(rest.replaceAll(/\\n|["'\s,]/g, ''))) return true;
  const onOneLine = /^(.*?)-----END /.exec(rest)?.[1];
  if (onOneLine !== undefined) return /^(?:\\[nr]|[\sA-Za-z0-9+/=])+$/.test(onOneLine) && /[A-Za-z0-9+/=]{4}/.test(onOneLine.replaceAll(/\\[nr]/g, ' '));
  const body = following.map(undecorated).filter((text) => text !== '');
  if (body.some((text) => /^[A-Za-z0-9+/=]{40,}$/.test(text))) return true;
  const [first = '', ...more] = body;
  if (undecorated(rest) !== '' || first.startsWith('-----')) return false;
  if (/^[A-Za-z0-9+/=]{16,}$/.test(first) || /^(?:Proc-Type|DEK-Info): /.test(first)) return true;
  return /[A-Za-z0-9]{4}/.test(first) && !/[(){}<>$]/.test(first) && more.some((text) => text.startsWith('-----END '));
}

/** A line of a key without what a string or a comment puts around it. */
function undecorated(line: string): string {
  return line.slice(0, chunk).replaceAll(/^[\s#*>"'`|+]+|(?:\\[nr]|["'`,+\s\\])+$/g, '');
}

/** A word would be one class of characters; an example may look like a password as people choose them. */
function isUrlPassword(value: string, host: string): boolean {
  if (/^(?:localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker)/i.test(host)) return false;
  return isPassword(value) && (!/example/i.test(host) || classesOf(value) >= 3);
}

function isPassword(value: string): boolean {
  return !placeholder.test(value) && !/^[$<{[(]/.test(value) && classesOf(value) >= 2 && entropy(value) >= 2.5 && !looksLikeWords(value);
}

/** For shapes that hardly happen by chance: everything but an obvious placeholder. */
function isReal(value: string): boolean {
  return new Set(value).size > 5 && !/example|placeholder|xxxx|your|\.\.\.|0000000|1234567890|abcdefgh/i.test(value) && entropy(value) > 2.5;
}

/** For values behind a telling name: they must look random, not like words, code or a path. */
function isRandom(value: string): boolean {
  if (placeholder.test(value) || /^(?:https?:|\.{0,2}\/|[a-z]+\.[a-z.()]+$)/i.test(value)) return false;
  const needed = value.length >= 24 ? 3.3 : 3;
  return /[0-9]/.test(value) && classesOf(value) >= 2 && entropy(value) >= needed && !looksLikeWords(value);
}

function classesOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
}

/** `user-service-2`, `sha256_of_file`, `v1.2.3-alpha`: groups of letters with few digits between. */
function looksLikeWords(value: string): boolean {
  const parts = value.split(/[-_.:/]+/).filter((part) => part !== '');
  return parts.length > 1 && parts.every((part) => /^(?:[A-Z]?[a-z]{2,}[0-9]{0,4}|[A-Z]{2,}[0-9]{0,4}|[0-9]{1,4}|v[0-9]+)$/.test(part));
}

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / value.length) * Math.log2(count / value.length), 0);
}
