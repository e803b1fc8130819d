import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly authorization: string | null;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  /** Text is sent as `type`, anything else as JSON. */
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A web page, as both systems answer to people. */
export const page: Reply = { status: 200, body: '<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>', type: 'text/html; charset=UTF-8' };

/** An HTTP server of this test that answers by a function and writes down what it was asked. Ends with the test. */
export async function serve(answer: (request: SeenRequest) => Reply): Promise<{ readonly url: string; readonly seen: SeenRequest[]; stop(): Promise<void> }> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void read(request).then((asked) => {
      seen.push(asked);
      send(response, answer(asked));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = (): Promise<void> =>
    new Promise((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, stop };
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization ?? null,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(response: ServerResponse, { status, body, type, headers }: Reply): void {
  const text = typeof body === 'string';
  response.writeHead(status, { 'content-type': type ?? (text ? 'text/plain' : 'application/json'), ...headers });
  response.end(text ? body : JSON.stringify(body));
}
