import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { SessionRecord } from '#ledger';
import type { Api, Conversation } from './api/api.ts';
import { ModelServerError, type ModelSessions } from './context.ts';

const maxBodyBytes = 64 * 1024 * 1024;

/** The running session whose key this request carries (`x-api-key` or `Authorization: Bearer`), or null. */
export function sessionOf(request: IncomingMessage, sessions: ModelSessions): SessionRecord | null {
  const header = request.headers['x-api-key'];
  const key = typeof header === 'string' ? header : /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return key === undefined ? null : sessions.findByKey(createHash('sha256').update(key.trim()).digest('hex'));
}

/** Throws `ModelServerError` when the body is not a request of this protocol. */
export function parse(api: Api, body: string): Conversation {
  try {
    return api.read(JSON.parse(body));
  } catch (error) {
    throw new ModelServerError('request', `not a request of this API: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Throws `ModelServerError` when it is too long. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new ModelServerError('request', `a request may have at most ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A plausible count: four characters are one token. */
export function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
