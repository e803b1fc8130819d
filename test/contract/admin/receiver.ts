import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivered {
  readonly event: string;
  readonly body: any;
  /** Whether the signature is that of this secret. */
  signedWith(secret: string): boolean;
}

/** Takes webhooks on 127.0.0.1. */
export async function startReceiver(): Promise<{ readonly url: string; readonly delivered: readonly Delivered[]; close(): Promise<void> }> {
  const delivered: Delivered[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const signature = request.headers['x-gitea-signature'];
      delivered.push({
        event: String(request.headers['x-gitea-event']),
        body: JSON.parse(body.toString('utf8')),
        signedWith: (secret) => createHmac('sha256', secret).update(body).digest('hex') === signature,
      });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    delivered,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
