import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WakeEvent } from '#agent';
import type { Log } from '#log';
import { createSeen } from './seen.ts';
import { readFacts, wakeEventOf } from './event.ts';
import type { WebhookFacts } from './event.ts';

export interface WebhookOptions {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Signs every delivery. */
  readonly secret: string;
  readonly log: Log;
  /** Called once per delivery, before the forge gets its answer. Must not throw. */
  readonly onWake: (event: WakeEvent, facts: WebhookFacts, delivery: string) => void;
}

export interface WebhookReceiver {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

const longestBody = 1_048_576;
const rememberedDeliveries = 10_000;
const slowestRequestMs = 10_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Takes webhooks of a Forgejo or Gitea: checks the signature over the raw body, the size and the delivery id (a replay is
 * answered and ignored), and hands on what it says. Rejects when the port is in use.
 */
export async function startWebhookReceiver(options: WebhookOptions): Promise<WebhookReceiver> {
  const seen = createSeen(rememberedDeliveries);
  const server = createServer((request, response) => {
    receive(request, options, seen).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        options.log.warn({ err: error }, 'A webhook broke off');
        send(response, { status: 400, text: 'the request broke off' });
      },
    );
  });
  server.requestTimeout = slowestRequestMs;
  server.headersTimeout = slowestRequestMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, () => resolve());
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  return {
    url: `http://${options.listen.host.includes(':') ? `[${options.listen.host}]` : options.listen.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(request: IncomingMessage, options: WebhookOptions, seen: ReturnType<typeof createSeen>): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, text: 'webhooks are posted' };
  const body = await readBody(request);
  if (body === null) return { status: 413, text: `a payload has at most ${longestBody} bytes` };
  if (!isSigned(request, body, options.secret)) {
    options.log.warn({ from: request.socket.remoteAddress }, 'Refused a webhook: its signature does not match the secret');
    return { status: 401, text: 'the signature is missing or does not match: is the secret of the webhook the one in secret-file?' };
  }
  const name = header(request, 'event-type') ?? header(request, 'event');
  const delivery = header(request, 'delivery');
  if (name === null || delivery === null) return { status: 400, text: 'the headers X-Gitea-Event and X-Gitea-Delivery are missing' };
  const facts = readFacts(parse(body));
  if (facts === null) return { status: 400, text: 'the body is not the JSON payload of a repository; choose the content type application/json' };
  const event = wakeEventOf(name);
  if (event === null) return { status: 200, text: `nobody waits for ${name.slice(0, 100)}` };
  if (!seen.add(delivery)) return { status: 200, text: 'known already' };
  options.onWake(event, facts, delivery);
  return { status: 202, text: 'accepted' };
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function isSigned(request: IncomingMessage, body: Buffer, secret: string): boolean {
  const given = header(request, 'signature') ?? single(request, 'x-hub-signature-256')?.replace(/^sha256=/, '') ?? '';
  const right = createHmac('sha256', secret).update(body).digest();
  const bytes = Buffer.from(given, 'hex');
  return bytes.length === right.length && timingSafeEqual(bytes, right);
}

/** The header of this name in Forgejo's or Gitea's spelling. */
function header(request: IncomingMessage, name: string): string | null {
  return single(request, `x-forgejo-${name}`) ?? single(request, `x-gitea-${name}`);
}

function single(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function send(response: ServerResponse, { status, text }: Answer): void {
  // What is left of a refused body is not read: the connection ends with the answer.
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...(status === 413 ? { connection: 'close' } : {}) });
  response.end(`${text}\n`);
}
