import type { ServerResponse } from 'node:http';
import type { ServerEvent } from './api/api.ts';

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
}

export function writeEvent(response: ServerResponse, event: ServerEvent): void {
  response.write(`${event.name === null ? '' : `event: ${event.name}\n`}data: ${event.data}\n\n`);
}
