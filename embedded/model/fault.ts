import type { ServerResponse } from 'node:http';
import type { Api, Reply, ReplyContext } from './api/api.ts';
import type { Fault } from './playbook.ts';
import { sendJson, startStream, writeEvent } from './send.ts';

/** Answers one request the way a broken endpoint does. A `hang` stays open until the client or the server goes away. */
export function playFault(
  fault: Exclude<Fault, 'loop'>,
  response: ServerResponse,
  request: { readonly api: Api; readonly stream: boolean; readonly context: ReplyContext },
): void {
  const { api } = request;
  switch (fault) {
    case 'http-401':
      return sendJson(response, 401, api.error(401, 'invalid api key (scripted fault)'));
    case 'http-429':
      return sendJson(response, 429, api.error(429, 'rate limit reached (scripted fault)'), { 'retry-after': '1' });
    case 'http-500':
      return sendJson(response, 500, api.error(500, 'internal error (scripted fault)'));
    case 'hang':
      startBody(response, request.stream);
      response.flushHeaders();
      return;
    case 'malformed':
      startHalf(response, request);
      response.end(request.stream ? 'data: {"type":"broken","del\n\n' : ',"del');
      return;
    case 'cut':
      startHalf(response, request);
      // Destroyed once the first half is on its way, so that the client has seen a good beginning.
      response.write('\n', () => response.destroy());
      return;
  }
}

function startBody(response: ServerResponse, stream: boolean): void {
  if (stream) startStream(response);
  else response.writeHead(200, { 'content-type': 'application/json' });
}

function startHalf(response: ServerResponse, { api, stream, context }: { readonly api: Api; readonly stream: boolean; readonly context: ReplyContext }): void {
  const reply: Reply = { text: 'Let me look at', calls: [] };
  startBody(response, stream);
  if (!stream) {
    const json = JSON.stringify(api.whole(reply, context));
    response.write(json.slice(0, json.length >> 1));
    return;
  }
  for (const event of api.events(reply, context).slice(0, 2)) writeEvent(response, event);
}
