import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SessionRecord } from '#ledger';
import { anthropic } from './api/anthropic.ts';
import type { Api, Conversation, Reply, ReplyContext } from './api/api.ts';
import { chat } from './api/chat.ts';
import { responses } from './api/responses.ts';
import type { ModelContext } from './context.ts';
import { playFault } from './fault.ts';
import { parse, readBody, sessionOf, tokensOf } from './request.ts';
import { candidatesFor, defaultEntry, nextMove, type Move } from './script.ts';
import { sendJson, startStream, writeEvent } from './send.ts';
import { isCodingRequest } from './tools.ts';

const apis: readonly { readonly path: RegExp; readonly api: Api }[] = [
  { path: /\/messages$/, api: anthropic },
  { path: /\/chat\/completions$/, api: chat },
  { path: /\/responses$/, api: responses },
];
/** Answers one HTTP request. Throws `ModelServerError` for one that cannot be read. */
export async function answer(request: IncomingMessage, response: ServerResponse, context: ModelContext): Promise<void> {
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

function decide(session: SessionRecord, conversation: Conversation, context: ModelContext): Move {
  const number = context.sessions.assignEntry(session.id, candidatesFor(context.playbook, session));
  const entry = context.playbook.entries.find((known) => known.number === number) ?? defaultEntry(session);
  if (isCodingRequest(conversation.tools)) return nextMove(entry, conversation);
  context.requests.small += 1;
  const [first] = entry.items;
  return first?.kind === 'fault' && first.fault !== 'loop'
    ? { kind: 'fault', fault: first.fault }
    : { kind: 'reply', reply: { text: 'Scripted session', calls: [] } };
}

function sendReply(
  response: ServerResponse,
  api: Api,
  { reply, context, stream }: { readonly reply: Reply; readonly context: ReplyContext; readonly stream: boolean },
): void {
  if (!stream) return sendJson(response, 200, api.whole(reply, context));
  startStream(response);
  for (const event of api.events(reply, context)) writeEvent(response, event);
  response.end();
}

function answerOther(request: IncomingMessage, response: ServerResponse, path: string): void {
  const model = {
    id: 'scripted-1',
    object: 'model',
    type: 'model',
    display_name: 'Scripted',
    created: 0,
    created_at: '2026-01-01T00:00:00Z',
    owned_by: 'disinto',
  };
  if (request.method === 'GET' && path.endsWith('/models')) return sendJson(response, 200, { object: 'list', data: [model], has_more: false });
  if (request.method === 'HEAD' || path === '/' || path.endsWith('/api/hello')) return sendJson(response, 200, {});
  sendJson(response, 404, anthropic.error(404, `no such path: ${request.method ?? ''} ${path}`));
}
