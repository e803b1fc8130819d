import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer.ts';
import { anthropic } from './api/anthropic.ts';
import { ModelServerError, type ModelContext, type RequestCounts } from './context.ts';
import { sendJson } from './send.ts';

export interface ModelServerOptions extends Omit<ModelContext, 'requests'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface ModelServer {
  /** Base URL without a path: `http://127.0.0.1:4010`. OpenAI clients want `/v1` appended. */
  readonly url: string;
  readonly requests: Readonly<RequestCounts>;
  /** Ends every open answer and frees the port. */
  close(): Promise<void>;
}

/**
 * A model endpoint that plays a playbook: Anthropic Messages, OpenAI chat completions and Responses, streaming or not.
 * It knows the run only from the key of a request. Throws `ModelServerError` when the port cannot be had.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: RequestCounts = { total: 0, unknownKey: 0, small: 0, faults: 0 };
  const server = createServer((request, response) => {
    answer(request, response, { ...options, requests }).catch((error: unknown) => {
      options.log?.warn({ error: String(error), path: request.url }, 'model request not answered');
      if (response.headersSent) response.destroy();
      else sendJson(response, error instanceof ModelServerError ? 400 : 500, anthropic.error(400, error instanceof Error ? error.message : String(error)));
    });
  });
  // A long silence is for the client to judge, never for this server.
  server.requestTimeout = 0;
  server.timeout = 0;
  const { port } = await listen(server, options.host, options.port);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, requests, close: () => close(server) };
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return await new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new ModelServerError('port', `the scripted model cannot listen on ${host}:${port} (${error.message}); free that port or choose another`, error)),
    );
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
