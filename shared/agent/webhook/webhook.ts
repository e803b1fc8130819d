import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WakeEvent } from '#agent';
import type { Log } from '#log';
import { readDelivery, refuseUnread } from './delivery.ts';
import type { Answer, DeliveryMark } from './delivery.ts';
import type { WebhookFacts } from './event.ts';

/** What became of a delivery: somebody was woken, it woke everybody before, or nobody here waits for it. */
export type Woken = 'woken' | 'known' | 'nobody';

export interface WebhookOptions {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Signs every delivery. */
  readonly secret: string;
  readonly log: Log;
  /** Called once per delivery, before the forge gets its answer. A throw means that nothing was recorded: the forge is told 503. */
  readonly onWake: (event: WakeEvent, facts: WebhookFacts, delivery: DeliveryMark) => Woken | void;
}

export interface WebhookReceiver {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

const slowestRequestMs = 10_000;
const lookForSlowMs = 1000;
/** Each may hold one payload in memory. A forge uses a handful. */
const mostConnections = 64;

/**
 * Takes webhooks of a Forgejo or Gitea: checks content type, size and the signature over the raw body, hands on what it says, and
 * answers when that is recorded. Who is slow is cut off after ten seconds. Rejects when the port is in use.
 */
export async function startWebhookReceiver(options: WebhookOptions): Promise<WebhookReceiver> {
  const limits = { requestTimeout: slowestRequestMs, headersTimeout: slowestRequestMs, connectionsCheckingInterval: lookForSlowMs };
  const server = createServer(limits, (request, response) => {
    receive(request, options).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        options.log.warn({ from: request.socket.remoteAddress, why: error instanceof Error ? error.message : String(error) }, 'A webhook broke off');
        send(response, { status: 400, text: 'the request broke off' });
      },
    );
  });
  boundConnections(server);
  await listen(server, options.listen);
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

/** Beyond the bound the one that is open longest goes, not the one that comes: what a forge delivers takes milliseconds. */
function boundConnections(server: Server): void {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > mostConnections) oldest?.destroy();
  });
}

function listen(server: Server, { host, port }: WebhookOptions['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

async function receive(request: IncomingMessage, options: WebhookOptions): Promise<Answer> {
  const delivery = refuseUnread(request) ?? (await readDelivery(request, options.secret));
  if ('status' in delivery) {
    options.log.warn({ from: request.socket.remoteAddress, status: delivery.status, why: delivery.text }, 'Refused a webhook');
    return delivery;
  }
  const { event, facts, mark, name } = delivery;
  if (event === null) return { status: 200, text: `nobody waits for ${name}` };
  try {
    return answers(facts, name)[options.onWake(event, facts, mark) ?? 'woken'];
  } catch (error) {
    options.log.error({ err: error, delivery: mark.id }, 'A webhook cannot be recorded; the forge is told so, and the schedule finds what it says');
    return { status: 503, text: 'it cannot be recorded just now (the ledger is locked, or the disk full): deliver it again, or leave it to the schedule' };
  }
}

const answers = ({ repository }: WebhookFacts, name: string): Readonly<Record<Woken, Answer>> => ({
  woken: { status: 202, text: 'accepted' },
  known: { status: 200, text: 'known already' },
  nobody: { status: 200, text: `nobody here waits for ${name} of ${repository}` },
});

function send(response: ServerResponse, { status, text }: Answer): void {
  // What is left of a refused body is not read: the connection ends with the answer.
  const isRefused = status === 405 || status === 413 || status === 415;
  const extra = { ...(isRefused ? { connection: 'close' } : {}), ...(status === 503 ? { 'retry-after': '60' } : {}) };
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...extra });
  response.end(`${text}\n`);
}
