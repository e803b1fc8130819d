import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readFacts, wakeEventOf } from './event.ts';
import type { WebhookFacts } from './event.ts';
import type { WakeEvent } from '#agent';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Which delivery it is. */
export interface DeliveryMark {
  /** As the forge calls it. Nothing signs that. */
  readonly id: string;
  /** Of the signed body (sha256, hex): what was said before says nothing new, whatever its id. */
  readonly digest: string;
}

/** A delivery that is signed and understood. */
export interface Delivery {
  readonly mark: DeliveryMark;
  /** Null when it is one that no agent of any role waits for. */
  readonly event: WakeEvent | null;
  /** As the forge calls it. */
  readonly name: string;
  readonly facts: WebhookFacts;
}

const longestBody = 1_048_576;

/** What can be said before the body is read, or null when it is to be read. */
export function refuseUnread(request: IncomingMessage): Answer | null {
  if (request.method !== 'POST') return { status: 405, text: 'webhooks are posted' };
  const type = single(request, 'content-type') ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    const given = type === '' ? 'without a content type' : `as ${type.slice(0, 100)}`;
    return { status: 415, text: `the payload came ${given}: set the content type of the webhook to application/json` };
  }
  return Number(request.headers['content-length'] ?? 0) > longestBody ? tooLong : null;
}

const tooLong: Answer = { status: 413, text: `a payload has at most ${longestBody} bytes` };

/** The delivery in a request, or why it is none. */
export async function readDelivery(request: IncomingMessage, secret: string): Promise<Delivery | Answer> {
  const body = await readBody(request);
  if (body === null) return tooLong;
  if (!isSigned(request, body, secret)) {
    return { status: 401, text: 'the signature is missing or does not match: is the secret of the webhook the one in secret-file?' };
  }
  const name = header(request, 'event-type') ?? header(request, 'event');
  const id = header(request, 'delivery');
  if (name === null || id === null) return { status: 400, text: 'the headers X-Gitea-Event and X-Gitea-Delivery are missing' };
  if (id.length > 200) return { status: 400, text: 'the delivery id is too long' };
  const facts = readFacts(parse(body));
  if (facts === null) return { status: 400, text: 'the body is not the JSON payload of a repository' };
  const digest = createHash('sha256').update(body).digest('hex');
  return { mark: { id, digest }, name: name.slice(0, 100), event: wakeEventOf(name), facts };
}

/** Null when there is more than `longestBody`; the rest is then left unread. Rejects when the sender breaks off. */
function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= longestBody) return void parts.push(part);
      request.pause();
      resolve(null);
    });
    request.once('end', () => resolve(Buffer.concat(parts)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the sender broke off')));
  });
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
