import type { SessionFailure } from '#session';

const byStatus: Readonly<Record<number, SessionFailure>> = { 401: 'auth', 402: 'auth', 403: 'auth', 408: 'network', 413: 'context', 429: 'rate' };

/** Order matters: the first that fits wins. */
const byText: readonly (readonly [SessionFailure, RegExp])[] = [
  [
    'context',
    /prompt is too long|context[ _-]?(?:length|window|limit)|maximum context|too many (?:input )?tokens|input token count|exceeds? the (?:maximum|model's)|context_length_exceeded/i,
  ],
  ['auth', /invalid[ _-](?:x-)?api[ _-]?key|authenticat|unauthori[sz]ed|permission_error|credit balance|billing|not logged in|\/login/i],
  ['rate', /rate[ _-]?limit|too many requests|quota|usage limit/i],
  ['overload', /overloaded|internal (?:server )?error|server[ _-]error|service unavailable|bad gateway|at capacity/i],
  ['protocol', /truncated|ended before|json|unexpected (?:token|end)|malformed|parse/i],
  ['network', /econn|enotfound|etimedout|eai_again|epipe|socket|terminated|fetch failed|connection|network|time(?:d )?[ -]?out|hang up|refused/i],
];

/** What went wrong with the endpoint, from a status (as reported, or as its text begins) and the text of an error. */
export function classifyFailure(text: string, status: number | null = null): SessionFailure {
  const code = status ?? statusIn(text);
  const context = byText[0];
  if (context !== undefined && context[1].test(text)) return 'context';
  if (code !== null && code >= 400) return byStatus[code] ?? (code >= 500 ? 'overload' : (findByText(text) ?? 'protocol'));
  return findByText(text) ?? 'protocol';
}

/** The HTTP status that an error text names: at its beginning, or in `API Error: 529 …`. */
export function statusIn(text: string): number | null {
  const found = /^\s*([45][0-9]{2})\b|API Error:? (?:Request rejected )?\(?([45][0-9]{2})\b|\bstatus(?: code)?:? ([45][0-9]{2})\b/i.exec(text);
  return found === null ? null : Number(found[1] ?? found[2] ?? found[3]);
}

function findByText(text: string): SessionFailure | undefined {
  return byText.find(([, pattern]) => pattern.test(text))?.[0];
}

/** One line for people, of bounded length. */
export function oneLine(text: string, longest = 300): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** What an endpoint said, for people: the `message` of its error document with the status, or the text as it is. */
export function readable(text: string): string {
  const message = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  if (message === undefined) return oneLine(text);
  const status = statusIn(text);
  return oneLine(`${status === null ? '' : `${status} `}${unquote(message)}`);
}

function unquote(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
