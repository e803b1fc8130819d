import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that passed. `token`: what came in the Authorization header, whole. */
export interface Passed {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly status: number;
}

export interface Counter {
  readonly url: string;
  readonly passed: readonly Passed[];
  close(): Promise<void>;
}

/** Stands before a forge and keeps who asked what; bodies stream through unseen. */
export async function startCounter(target: string): Promise<Counter> {
  const passed: Passed[] = [];
  const server = createServer((incoming, outgoing) => {
    const options = { method: incoming.method ?? 'GET', headers: incoming.headers };
    const onward = request(new URL(incoming.url ?? '/', target), options, (answer: IncomingMessage) => {
      const { pathname } = new URL(incoming.url ?? '/', target);
      const token = incoming.headers.authorization ?? '';
      passed.push({ at: performance.now(), method: options.method, path: pathname, token, status: answer.statusCode ?? 0 });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed, close };
}

/** How often each path was asked, with names and numbers taken out: `GET issues/N/comments`. */
export function byShape(passed: readonly Passed[]): ReadonlyMap<string, number> {
  const shape = ({ method, path }: Passed): string =>
    `${method} ${path
      .replace(/^\/api\/v1/, '')
      .replace(/^\/repos\/[^/]+\/[^/]+/, '')
      .replace(/[0-9a-f]{40}/g, 'SHA')
      .replace(/\/\d+/g, '/N')
      .replace(/\/branches\/.*/, '/branches/B')}`;
  const counts = new Map<string, number>();
  for (const each of passed) counts.set(shape(each), (counts.get(shape(each)) ?? 0) + 1);
  return new Map([...counts].toSorted((a, b) => b[1] - a[1]));
}
