import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** A request that a server of this process received. */
export interface Seen {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly port: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** git over HTTP or REST. */
  readonly kind: 'git' | 'api' | 'other';
  /** Login of a Basic request, `token …` of any other, null without one. */
  readonly account: string | null;
}

export interface Watching {
  readonly seen: readonly Seen[];
  stop(): void;
}

const channel = 'http.server.request.start';

/**
 * Writes down every request that any HTTP server of this process gets, as Node itself announces it: nothing is wrapped or
 * proxied, so that what is measured is what people run.
 */
export function watchRequests(): Watching {
  const seen: Seen[] = [];
  const note = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    const path = request.url ?? '/';
    seen.push({
      at: performance.now(),
      port: request.socket.localPort ?? 0,
      method: request.method ?? 'GET',
      path,
      kind: kindOf(path),
      account: accountOf(request.headers.authorization),
    });
  };
  diagnostics.subscribe(channel, note);
  return { seen, stop: () => diagnostics.unsubscribe(channel, note) };
}

function kindOf(path: string): Seen['kind'] {
  if (path.startsWith('/api/v1/')) return 'api';
  return /\/(?:info\/refs|git-upload-pack|git-receive-pack)(?:\?|$)/.test(path) ? 'git' : 'other';
}

function accountOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  const [scheme = '', value = ''] = header.split(' ');
  return scheme.toLowerCase() === 'basic' ? (Buffer.from(value, 'base64').toString().split(':')[0] ?? null) : `token ${value}`;
}

/** Logins behind the tokens of these requests, asked from the forge at `url`. Ask after counting. */
export async function loginsOf(url: string, seen: readonly Seen[]): Promise<(request: Seen) => string | null> {
  const logins = new Map<string, string>();
  for (const account of new Set(seen.map((each) => each.account))) {
    if (account === null || !account.startsWith('token ')) continue;
    const answer = await fetch(`${url}/api/v1/user`, { headers: { authorization: account } });
    if (answer.ok) logins.set(account, ((await answer.json()) as { login: string }).login);
  }
  return (request) => logins.get(request.account ?? '') ?? request.account;
}

/** How often each kind of request came, `GET issues/:n/comments` and the like, most first: shows where calls go. */
export function tally(seen: readonly Seen[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { method, path } of seen) {
    const name = `${method} ${plain(path)}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}

function plain(path: string): string {
  const [place = '', query] = path
    .replace(/^\/api\/v1\//, '')
    .replace(/^repos\/[^/]+\/[^/?]+\/?/, '')
    .split('?');
  const named = place
    .replace(/\/[0-9a-f]{40}(?=\/|$)/g, '/:sha')
    .replace(/\/\d+(?=\/|$)/g, '/:n')
    .replace(/^(branches)\/.*/, '$1/:name');
  const service = /service=([\w-]+)/.exec(query ?? '')?.[1];
  return service === undefined ? named : `${named} ${service}`;
}
