import { request } from 'undici';
import { secondsOfRetryAfter } from '#domain/text/retry-after';
import { CiError } from './ci.ts';

export interface CiHttpOptions {
  /** Address of the API, without a slash at the end. */
  readonly url: string;
  /** Name of the system in error texts, for example `Woodpecker`. */
  readonly name: string;
  /** What to check in the config when it is refused or answers strangely, for example `[projects.*.ci] url`. */
  readonly keys: { readonly url: string; readonly token: string };
  /** Asked for each request; null sends none. */
  readonly authorization: () => string | null;
}

export interface CiAnswer {
  readonly status: number;
  readonly text: string;
  readonly html: boolean;
  readonly location: string | null;
  /** Seconds of its Retry-After, or null without one. */
  readonly retryAfterSeconds: number | null;
}

export interface CiHttp {
  /** JSON of an answer that went well. `body`: sent as JSON; null sends none. */
  json(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** Any answer but 429, redirects not followed. Of a longer text only the last `maxBytes`. */
  get(path: string, maxBytes: number): Promise<CiAnswer>;
}

const maxJsonBytes = 64 * 1024 * 1024;

/** One request each, never repeated: whoever asks comes again on its next tick. */
export function createCiHttp(options: CiHttpOptions): CiHttp {
  const send = async (method: 'GET' | 'POST', path: string, body: string | null, maxBytes: number): Promise<CiAnswer> => {
    const authorization = options.authorization();
    const headers = {
      accept: 'application/json, text/plain;q=0.9',
      ...(authorization === null ? {} : { authorization }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    };
    const unavailable = (cause: unknown): never => {
      throw new CiError('unavailable', `${options.name} does not answer at ${new URL(options.url).origin}; is it running?`, cause);
    };
    const answer = await request(options.url + path, { method, headers, body, headersTimeout: 10_000, bodyTimeout: 20_000 }).catch(unavailable);
    const text = await tailOf(answer.body, maxBytes).catch(unavailable);
    const type = String(answer.headers['content-type'] ?? '');
    const { location } = answer.headers;
    const html = type.startsWith('text/html') || /^\s*<(?:!doctype|html)/i.test(text);
    const retryAfterSeconds = secondsOfRetryAfter(answer.headers['retry-after'], new Date(String(answer.headers['date'])));
    return { status: answer.statusCode, text: hide(text, authorization), html, location: typeof location === 'string' ? location : null, retryAfterSeconds };
  };
  return {
    json: async (method, path, body) => {
      const answer = await send(method, path, body === undefined ? null : JSON.stringify(body), maxJsonBytes);
      return parse(options, `${method} ${path.split('?')[0] ?? ''}`, answer);
    },
    get: async (path, maxBytes) => {
      const answer = await send('GET', path, null, maxBytes);
      if (answer.status === 429) throw tooOften(options.name, `GET ${path}: 429`, answer);
      return answer;
    },
  };
}

function parse({ name, keys, url }: CiHttpOptions, call: string, answer: CiAnswer): unknown {
  const { status, text, html, location } = answer;
  const what = `${call}: ${status}${html ? '' : ` ${text.slice(0, 200).trim()}`}`;
  if (status === 404) throw new CiError('not-found', `${name} does not know this (${what})`);
  if (status === 401 || status === 403) throw new CiError('config', `${name} refuses our token, or it may not do this (${what}); check ${keys.token}`);
  if (status === 429) throw tooOften(name, what, answer);
  if (status >= 500) throw new CiError('unavailable', `${name} is in trouble (${what})`, undefined, answer.retryAfterSeconds);
  if (status >= 300 && status < 400)
    throw new CiError('config', `${name} at ${url} sends us on to ${location ?? 'elsewhere'} (${what}); put its own address into ${keys.url}`);
  if (status >= 400) throw new CiError('malformed', `${name} refuses the request (${what})`);
  if (html)
    throw new CiError('config', `${name} at ${url} answers with a web page instead of JSON (${what}); check ${keys.url} (also its path) and ${keys.token}`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CiError('malformed', `${name} answered something else than JSON (${what}); check ${keys.url}`, cause);
  }
}

const tooOften = (name: string, what: string, { retryAfterSeconds }: CiAnswer): CiError =>
  new CiError('rate-limited', `${name} is asked too often (${what})`, undefined, retryAfterSeconds);

async function tailOf(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= maxBytes * 2) continue;
    chunks = [Buffer.concat(chunks).subarray(-maxBytes)];
    bytes = maxBytes;
  }
  const whole = Buffer.concat(chunks);
  return whole.subarray(Math.max(0, whole.length - maxBytes)).toString('utf8');
}

function hide(text: string, authorization: string | null): string {
  const secret = authorization?.split(' ').at(-1) ?? '';
  return secret.length < 6 ? text : text.replaceAll(secret, '***');
}
