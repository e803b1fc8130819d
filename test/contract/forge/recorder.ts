import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly requestBody: string;
  readonly status: number;
  readonly contentType: string;
  readonly responseBody: string;
}

/**
 * What goes wrong in between: an answer in the forge's place, which sees nothing of the request; its own answer to another path; or its own answer, cut
 * off in the middle.
 */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | { readonly path: string }
  | 'half';

export interface Recorder {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** A proxy that keeps every REST exchange it passes on. Git traffic goes through unrecorded. */
export async function startRecorder(target: string, fault: (method: string, path: string) => Fault | null = () => null): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const found = fault(incoming.method ?? 'GET', incoming.url ?? '/');
    if (found !== null && typeof found === 'object' && 'status' in found) {
      incoming.resume().on('end', () => outgoing.writeHead(found.status, found.headers).end(found.body));
      return;
    }
    const options = { method: incoming.method ?? 'GET', headers: incoming.headers };
    const path = found !== null && typeof found === 'object' ? found.path : (incoming.url ?? '/');
    const onward = request(new URL(path, target), options, (answer) => {
      const response = collect(answer);
      if (found === 'half') answer.on('end', () => cutOff(outgoing, answer, response()));
      else answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers));
      answer.on('end', () => {
        if (incoming.url?.startsWith('/api/v1/') === true) exchanges.push(exchangeOf(incoming, sent(), answer, response()));
      });
    });
    const sent = collect(incoming);
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanges, close: () => stop(server) };
}

/** The request was carried out, its answer gets lost on the way. */
function cutOff(outgoing: ServerResponse, answer: IncomingMessage, body: string): void {
  if (body === '') {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? '', 'content-length': Buffer.byteLength(body) });
  outgoing.write(body.slice(0, Math.floor(body.length / 2)), () => outgoing.destroy());
}

function collect(stream: IncomingMessage): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

function exchangeOf(incoming: IncomingMessage, requestBody: string, answer: IncomingMessage, responseBody: string): Exchange {
  const url = new URL(incoming.url ?? '/', 'http://forge');
  return {
    method: (incoming.method ?? 'GET').toLowerCase(),
    path: url.pathname.slice('/api/v1'.length),
    query: [...url.searchParams.keys()],
    requestBody,
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'] ?? '',
    responseBody,
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
