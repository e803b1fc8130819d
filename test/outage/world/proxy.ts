import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request meets on its way. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: OutgoingHttpHeaders; readonly body: string }
  /** The connection is reset before anything is answered. */
  | { readonly kind: 'reset' }
  /** No byte comes; with `drip` the headers and the first byte do. It stays so until the fault is over. */
  | { readonly kind: 'hang'; readonly drip?: true }
  /** The forge does what is asked; of its answer half comes, then the connection ends. */
  | { readonly kind: 'cut' }
  /** The forge does what is asked; of its answer half comes, as if that were all. */
  | { readonly kind: 'truncate' };

export interface Passing {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly isGit: boolean;
  /** Login and secret of a Basic credential, or the token. */
  readonly credential: string;
}

/** Stands between agents and a forge, on one address that stays. */
export interface Proxy {
  readonly url: string;
  /** From now on; null: everything passes. What hung is cut off. */
  meet(fault: ((passing: Passing) => Fault | null) | null): void;
  /** Nothing listens any more, as when the forge is stopped. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  /** Requests that hang now. */
  held(): number;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  let choose: ((passing: Passing) => Fault | null) | null = null;
  const hanging = new Set<IncomingMessage>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const fault = choose?.(passingOf(request)) ?? null;
    if (fault?.kind === 'hang') hang(request, response, hanging, fault.drip === true);
    else meet(target, request, response, fault);
  };
  let server: Server = createServer(handle);
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const leave = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    meet: (fault) => {
      choose = fault;
      for (const request of hanging) request.socket.destroy();
      hanging.clear();
    },
    leave,
    comeBack: async () => {
      server = createServer(handle);
      await listen(port);
    },
    held: () => hanging.size,
    close: leave,
  };
}

function passingOf(request: IncomingMessage): Passing {
  const path = request.url ?? '/';
  const [, value = ''] = (request.headers.authorization ?? '').split(' ');
  const isGit = /\/(?:info\/refs|git-upload-pack|git-receive-pack)(?:\?|$)/.test(path);
  return { method: request.method ?? 'GET', path, isGit, credential: isGit ? Buffer.from(value, 'base64').toString() : value };
}

function hang(request: IncomingMessage, response: ServerResponse, hanging: Set<IncomingMessage>, drip: boolean): void {
  request.resume();
  hanging.add(request);
  request.socket.once('close', () => hanging.delete(request));
  if (!drip) return;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('[');
}

function meet(target: string, request: IncomingMessage, response: ServerResponse, fault: Exclude<Fault, { kind: 'hang' }> | null): void {
  if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
  if (fault?.kind === 'answer') {
    request.resume();
    response.writeHead(fault.status, fault.headers);
    return void response.end(fault.body);
  }
  const onward = ask(`${target}${request.url ?? '/'}`, { method: request.method, headers: request.headers }, (answer) => {
    if (fault === null) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    } else void half(answer, response, fault.kind);
  });
  onward.once('error', () => response.destroy());
  response.once('close', () => onward.destroy());
  request.pipe(onward);
}

async function half(answer: IncomingMessage, response: ServerResponse, kind: 'cut' | 'truncate'): Promise<void> {
  const body = Buffer.concat(await answer.toArray());
  const part = body.subarray(0, Math.floor(body.length / 2));
  const { 'transfer-encoding': _chunked, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': kind === 'cut' ? body.length : part.length });
  if (kind === 'truncate') return void response.end(part);
  response.write(part, () => response.destroy());
  if (part.length === 0) response.destroy();
}
