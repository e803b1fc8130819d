import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Chance } from '#clock';
import type { SessionBook, SessionRecord } from '#ledger';
import type { Log } from '#log';
import { anthropic } from './api/anthropic.ts';
import type { Api, Conversation, Reply, ReplyContext } from './api/api.ts';
import { chat } from './api/chat.ts';
import { responses } from './api/responses.ts';
import { playFault } from './fault.ts';
import type { Playbook } from './playbook.ts';
import { candidatesFor, defaultEntry, nextMove, type Move } from './script.ts';
import { sendJson, startStream, writeEvent } from './send.ts';
import { isCodingRequest } from './tools.ts';

/** What the server asks about runs: who holds a key, and which entry of the playbook is that session's. */
export type ModelSessions = Pick<SessionBook, 'findByKey' | 'assignEntry'>;

export interface ModelServerOptions {
  readonly playbook: Playbook;
  readonly sessions: ModelSessions;
  readonly chance: Pick<Chance, 'id'>;
  readonly log?: Log;
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

export interface RequestCounts {
  /** Model requests in all. */
  total: number;
  /** Refused: the key belongs to no running session. */
  unknownKey: number;
  /** Titles and topics: asked without tools. */
  small: number;
  /** Answered with a scripted fault. */
  faults: number;
}

/** The port cannot be had, or a request cannot be read. */
export class ModelServerError extends Error {
  override readonly name = 'ModelServerError';
  readonly kind: 'port' | 'request';
  constructor(kind: ModelServerError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}

const apis: readonly { readonly path: RegExp; readonly api: Api }[] = [
  { path: /\/messages$/, api: anthropic },
  { path: /\/chat\/completions$/, api: chat },
  { path: /\/responses$/, api: responses },
];
const maxBodyBytes = 64 * 1024 * 1024;

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

async function answer(request: IncomingMessage, response: ServerResponse, context: ModelServerOptions & { readonly requests: RequestCounts }): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://model').pathname;
  const body = await readBody(request);
  if (request.method === 'POST' && path.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: tokensOf(body) });
  const api = request.method === 'POST' ? apis.find((known) => known.path.test(path))?.api : undefined;
  if (api === undefined) return answerOther(request, response, path);
  context.requests.total += 1;
  const session = sessionOf(request, context.sessions);
  if (session === null) {
    context.requests.unknownKey += 1;
    return sendJson(response, 401, api.error(401, 'this key belongs to no running session'));
  }
  const conversation = parse(api, body);
  const move = decide(session, conversation, context);
  context.log?.debug({ session: session.id, turn: conversation.turn, results: conversation.results, move: move.kind }, 'model request');
  const reply: ReplyContext = {
    id: (kind) => context.chance.id(kind),
    model: conversation.model,
    wantsUsage: conversation.wantsUsage,
    inputTokens: tokensOf(body),
    outputTokens: move.kind === 'reply' ? tokensOf(move.reply.text + JSON.stringify(move.reply.calls)) : 1,
  };
  if (move.kind === 'reply') return sendReply(response, api, { reply: move.reply, context: reply, stream: conversation.stream });
  context.requests.faults += 1;
  playFault(move.fault, response, { api, stream: conversation.stream, context: reply });
}

function decide(session: SessionRecord, conversation: Conversation, context: ModelServerOptions & { readonly requests: RequestCounts }): Move {
  const number = context.sessions.assignEntry(session.id, candidatesFor(context.playbook, session));
  const entry = context.playbook.entries.find((known) => known.number === number) ?? defaultEntry(session);
  if (isCodingRequest(conversation.tools)) return nextMove(entry, conversation);
  context.requests.small += 1;
  const [first] = entry.items;
  return first?.kind === 'fault' && first.fault !== 'loop' ? { kind: 'fault', fault: first.fault } : { kind: 'reply', reply: { text: 'Scripted session', calls: [] } };
}

function sendReply(response: ServerResponse, api: Api, { reply, context, stream }: { readonly reply: Reply; readonly context: ReplyContext; readonly stream: boolean }): void {
  if (!stream) return sendJson(response, 200, api.whole(reply, context));
  startStream(response);
  for (const event of api.events(reply, context)) writeEvent(response, event);
  response.end();
}

function answerOther(request: IncomingMessage, response: ServerResponse, path: string): void {
  const model = { id: 'scripted-1', object: 'model', type: 'model', display_name: 'Scripted', created: 0, created_at: '2026-01-01T00:00:00Z', owned_by: 'disinto' };
  if (request.method === 'GET' && path.endsWith('/models')) return sendJson(response, 200, { object: 'list', data: [model], has_more: false });
  if (request.method === 'HEAD' || path === '/' || path.endsWith('/api/hello')) return sendJson(response, 200, {});
  sendJson(response, 404, anthropic.error(404, `no such path: ${request.method ?? ''} ${path}`));
}

function sessionOf(request: IncomingMessage, sessions: ModelSessions): SessionRecord | null {
  const header = request.headers['x-api-key'];
  const key = typeof header === 'string' ? header : /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return key === undefined ? null : sessions.findByKey(createHash('sha256').update(key.trim()).digest('hex'));
}

function parse(api: Api, body: string): Conversation {
  try {
    return api.read(JSON.parse(body));
  } catch (error) {
    throw new ModelServerError('request', `not a request of this API: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
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
function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return await new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ModelServerError('port', `the scripted model cannot listen on ${host}:${port} (${error.message}); free that port or choose another`, error)));
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
