import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Clock } from '#clock';

/** Waits for signed deliveries of a forge while a webhook is tested. */
export interface TestReceiver {
  /** `signed`: a delivery with our signature came; `unsigned`: one came with another; null: none within the time. */
  arrival(seconds: number, signal: AbortSignal): Promise<'signed' | 'unsigned' | null>;
  close(): Promise<void>;
}

const longestBody = 1_048_576;

/** Listens where the factory will. Null: the port is in use. Rejects when the address is not ours. */
export async function startTestReceiver(listen: string, secret: string, clock: Clock): Promise<TestReceiver | null> {
  let best: 'signed' | 'unsigned' | null = null;
  const signed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (body !== null && isSigned(request, body, secret)) {
        best = 'signed';
        signed.resolve();
      } else best ??= 'unsigned';
      response.writeHead(best === 'signed' ? 200 : 401).end();
    });
  });
  const { host, port } = addressOf(listen);
  const listening = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, host, () => resolve(true));
  });
  if (!listening) return null;
  return {
    arrival: async (seconds, signal) => {
      await Promise.race([signed.promise, clock.sleep(seconds * 1000, signal).catch(() => {})]);
      return best;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > longestBody) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts);
}

const signatureOf = (body: Buffer | string, secret: string): string => createHmac('sha256', secret).update(body).digest('hex');

function isSigned(request: IncomingMessage, body: Buffer, secret: string): boolean {
  const given = request.headers['x-forgejo-signature'] ?? request.headers['x-gitea-signature'];
  const bytes = Buffer.from(typeof given === 'string' ? given : '', 'hex');
  const right = Buffer.from(signatureOf(body, secret), 'hex');
  return bytes.length === right.length && timingSafeEqual(bytes, right);
}

/** Whether who listens there is a factory that knows the secret: it is asked with an event that nobody waits for. */
export async function knowsSecret(listen: string, secret: string, repository: string): Promise<boolean> {
  const body = JSON.stringify({ repository: { full_name: repository } });
  const headers = {
    'content-type': 'application/json',
    'x-gitea-event': 'disinto_test',
    'x-gitea-delivery': 'disinto-init',
    'x-gitea-signature': signatureOf(body, secret),
  };
  const { host, port } = addressOf(listen);
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${local}:${port}/`, { method: 'POST', body, headers, redirect: 'error' });
    return answer.ok;
  } catch {
    return false;
  }
}
