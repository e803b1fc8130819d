/** Shapes that are secrets wherever they stand. The first group, where there is one, is the secret part. */
const shapes: readonly (readonly [string, RegExp])[] = [
  ['AWS access key', /\b(?:AKIA|ASIA)([0-9A-Z]{16})\b/g],
  ['GitHub token', /\b(?:gh[opsur]_([A-Za-z0-9]{36,255})|github_pat_([A-Za-z0-9_]{50,255}))/g],
  ['GitLab token', /\bgl(?:pat|dt|rt|cbt|ptt)-([\w-]{20,64})/g],
  ['Slack token', /\bxox[abeprs]-([0-9A-Za-z-]{10,250})/g],
  ['Slack webhook', /hooks\.slack\.com\/services\/(T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{16,})/g],
  ['Anthropic key', /\bsk-ant-([\w-]{20,250})/g],
  ['OpenAI key', /\bsk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-)?([A-Za-z0-9][\w-]{19,250})/g],
  ['Google key', /\bAIza([\w-]{35})\b/g],
  ['Stripe key', /\b[rs]k_live_([0-9A-Za-z]{16,250})/g],
  ['npm token', /\bnpm_([A-Za-z0-9]{36})\b/g],
  ['PyPI token', /\bpypi-(AgE[\w-]{50,250})/g],
  ['SendGrid key', /\bSG\.([\w-]{20,24}\.[\w-]{40,48})\b/g],
  ['Hugging Face token', /\bhf_([A-Za-z]{30,40})\b/g],
  ['age key', /\bAGE-SECRET-KEY-1([0-9A-Z]{58})\b/g],
];

const names = String.raw`(?:token|secret|passwd|password|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|encryption[_-]?key|credentials?)`;
/** `name: "value"`, `name = 'value'`, `"name" => "value"`. */
const quoted = new RegExp(String.raw`${names}[\w-]{0,40}["'\x60\])]{0,2}\s{0,20}(?::=|=>|[:=])\s{0,20}["'\x60]([^"'\x60\s]{12,500})["'\x60]`, 'gi');
/** `NAME=value` and `name: value` of environment, properties and YAML files. */
const bare = new RegExp(
  String.raw`^\s{0,40}(?:export\s{1,4}|-\s{1,4})?[\w.-]{0,60}${names}[\w-]{0,40}\s{0,10}[:=]\s{0,10}([^\s"'\x60#;,(){}[\]<>$]{16,500})\s*(?:#.*)?$`,
  'gi',
);
const url = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'`]{1,100}:([^\s/:@"'`]{8,200})@([^\s/:"'`]{1,200})/gi;
const privateKey = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----(.{0,200})/;

const placeholder =
  /example|sample|placeholder|dummy|fake|mock|changeme|change[_-]me|replace|your[_-]|my[_-]?(?:token|secret|password|key)|redacted|masked|insert|todo|xxxx|\*\*\*|\.\.\.|…|\$\{|\{\{|<[^>]*>|%[sd]|0000000|1234567|abcdefg|deadbeef|foobar|password|not-?a-?(?:real|secret)|test/i;
const chunk = 4000;

/** Names of the rules that a line breaks. `following`: the next lines, for keys that span several. */
export function secretsIn(line: string, following: readonly string[] = []): readonly string[] {
  if (line.length > chunk) return [...new Set(pieces(line).flatMap((piece) => secretsIn(piece)))];
  const found = shapes.flatMap(([rule, shape]) => (matches(shape, line).some((groups) => isReal(groups[0] ?? '')) ? [rule] : []));
  if (isPrivateKey(line, following)) found.push('private key');
  if (found.length > 0) return found;
  if (matches(url, line).some(([value = '', host = '']) => isRandom(value) && !/^(?:localhost|127\.|0\.0\.0\.0|host\.docker)|example/i.test(host)))
    return ['password in a URL'];
  const assigned = [...matches(quoted, line), ...matches(bare, line)];
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

function isPrivateKey(line: string, following: readonly string[]): boolean {
  const found = privateKey.exec(line);
  // The words alone stand in parsers and documents; a key has a body.
  return found !== null && [found[1] ?? '', ...following].some((text) => /[A-Za-z0-9+/=]{40}/.test(text.replaceAll(/\\n|["'\s,]/g, '')));
}

/** For shapes that hardly happen by chance: everything but an obvious placeholder. */
function isReal(value: string): boolean {
  return new Set(value).size > 5 && !/example|placeholder|xxxx|your|\.\.\.|0000000|1234567890|abcdefgh/i.test(value) && entropy(value) > 2.5;
}

/** For values behind a telling name: they must look random, not like words, code or a path. */
function isRandom(value: string): boolean {
  if (placeholder.test(value) || /^(?:https?:|\.{0,2}\/|[a-z]+\.[a-z.()]+$)/i.test(value)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  const needed = value.length >= 24 ? 3.3 : 3;
  return /[0-9]/.test(value) && classes >= 2 && entropy(value) >= needed && !looksLikeWords(value);
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
