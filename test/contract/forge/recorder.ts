import { type IncomingMessage, type Server, createServer, request } from 'node:http';
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

/** A proxy that keeps every REST exchange it passes on. Git traffic goes through unrecorded. */
export async function startRecorder(target: string): Promise<{ readonly url: string; readonly exchanges: readonly Exchange[]; close(): Promise<void> }> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const options = { method: incoming.method ?? 'GET', headers: incoming.headers };
    const onward = request(new URL(incoming.url ?? '/', target), options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const response = collect(answer);
      answer.pipe(outgoing);
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
