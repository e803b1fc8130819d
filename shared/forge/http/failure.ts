import { ForgeError, type ForgeErrorKind } from '#forge';
import type { Answer, Call, Silence } from './wire.ts';

const hints: Readonly<Record<ForgeErrorKind, string>> = {
  auth: 'the token is missing, expired or revoked: make a new one for this account and put it into its token file',
  forbidden: 'the account or the scope of its token lacks this right',
  'not-found': 'check the repository name and that this account may see it',
  conflict: 'the item changed meanwhile: read it again',
  invalid: 'the forge refuses the request as it is',
  'rate-limited': 'too many requests: try later',
  unavailable: 'check that the forge runs and forge.url is right',
  malformed: 'the answer does not look like a forge: check forge.url and the version of the forge',
};

/** The error for a call that did not succeed, with the seconds that the forge asked us to wait. Its texts never hold the token, even if the forge repeats it. */
export function failureOf(call: Call, outcome: Answer | Silence, retryAfter: number | null, token: () => string): ForgeError {
  const kind = 'status' in outcome ? kindOf(outcome.status) : outcome.kind;
  const said = 'status' in outcome ? `${outcome.status} ${movedTo(outcome)}${textOf(outcome)}`.trim() : outcome.why;
  const message = mask(`${call.method} ${call.path}: ${said} (${hints[kind]})`, token);
  if (!('status' in outcome)) return new ForgeError(kind, message, outcome.cause === undefined ? {} : { cause: outcome.cause });
  return new ForgeError(kind, message, { status: outcome.status, retryAfterSeconds: retryAfter });
}

const movedTo = ({ status, headers }: Answer): string =>
  status >= 300 && status < 400 && typeof headers['location'] === 'string' ? `it moved to ${headers['location']} ` : '';

function kindOf(status: number): ForgeErrorKind {
  if (status === 401) return 'auth';
  if (status === 403 || status === 413 || status === 423) return 'forbidden';
  // A forge redirects from the old name of a repository that was renamed.
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'rate-limited';
  return status === 408 || status >= 500 ? 'unavailable' : 'invalid';
}

/** What the forge says about a refusal: the `message` of its JSON, or the start of a plain text. Empty when it says nothing. */
export function textOf(answer: Answer): string {
  const text = answer.body.trim();
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null) return '';
    return 'message' in json && typeof json.message === 'string' ? json.message.slice(0, 500) : '';
  } catch {
    // Not JSON: a proxy's page or plain text.
    return text.startsWith('<') ? '' : text.slice(0, 200);
  }
}

function mask(text: string, token: () => string): string {
  let secret = '';
  try {
    secret = token().trim();
  } catch {
    // A token that cannot be read cannot be in the text.
  }
  return secret === '' ? text : text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
}
