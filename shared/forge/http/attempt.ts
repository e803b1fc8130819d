import { Agent, request } from 'undici';
import type { Clock } from '#clock';
import type { Answer, Call, Silence } from './wire.ts';

/** No list or text that we ask for comes near this size. */
const largestAnswerBytes = 32 * 1024 * 1024;

/** Failures before a connection stood: the forge saw nothing. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

interface AttemptOptions {
  readonly url: string;
  readonly token: () => string;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  /** Hides secrets in every text that is written to the forge; by default nothing is hidden. */
  readonly mask?: (text: string) => string;
}

/** One request over the wire, from connecting to the last byte within `timeoutSeconds`. Never throws. */
export function createAttempt({ url, token, timeoutSeconds, clock, mask }: AttemptOptions): (call: Call) => Promise<Answer | Silence> {
  const base = url.replace(/\/+$/, '');
  const dispatcher = new Agent({
    connect: { timeout: timeoutSeconds * 1000 },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: largestAnswerBytes,
    connections: 8,
  });
  return async (call) => {
    const credential = readToken(token);
    if (typeof credential !== 'string') return credential;
    const limit = new AbortController();
    const cancel = clock.after(timeoutSeconds * 1000, () => limit.abort());
    try {
      const response = await request(base + call.path, {
        method: call.method,
        dispatcher,
        signal: limit.signal,
        headers: headersFor(call, credential),
        body:
          call.body === null
            ? null
            : JSON.stringify(call.body, (_key, value: unknown) => (typeof value === 'string' && mask !== undefined ? mask(value) : value)),
      });
      return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
    } catch (error) {
      return limit.signal.aborted ? timedOut(timeoutSeconds, error) : silence(error);
    } finally {
      cancel();
    }
  };
}

function headersFor(call: Call, token: string): Record<string, string> {
  const headers: Record<string, string> = { authorization: call.authorization ?? `token ${token}`, accept: 'application/json, text/plain' };
  return call.body === null ? headers : { ...headers, 'content-type': 'application/json' };
}

/** A token that cannot stand in a header would make the HTTP library quote it in its error. */
function readToken(token: () => string): string | Silence {
  let text: string;
  try {
    text = token().trim();
  } catch (cause) {
    return { sent: false, kind: 'auth', why: 'the token cannot be read', cause };
  }
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  const why = text === '' ? 'the token is empty' : 'the token holds characters that no token has';
  return { sent: false, kind: 'auth', why, cause: undefined };
}

const timedOut = (seconds: number, cause: unknown): Silence => ({
  sent: true,
  kind: 'unavailable',
  why: `no whole answer within ${seconds} s`,
  cause,
});

function silence(cause: unknown): Silence {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return { sent: true, kind: 'malformed', why: `the answer is larger than ${largestAnswerBytes} bytes`, cause };
  }
  const why = cause instanceof Error && cause.message !== '' ? cause.message : code || 'connection failed';
  return { sent: !neverSent.has(code), kind: 'unavailable', why, cause };
}
