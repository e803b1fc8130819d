import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the model of a test does with one request. `tool` names what the client must offer: Write/write or Bash/bash. */
export type Move =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  | { readonly kind: 'bash'; readonly command: string }
  | { readonly kind: 'status'; readonly status: number; readonly type: string; readonly message: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'malformed' };

export interface Asked {
  /** Tool results since the last prompt. */
  readonly results: number;
  /** Prompts so far. */
  readonly prompts: readonly string[];
  readonly key: string;
}

interface Block {
  readonly type: string;
  readonly text?: string;
}
interface Body {
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
  readonly tools?: readonly { readonly name: string; readonly input_schema: { readonly properties: Readonly<Record<string, unknown>> } }[];
}

/** A model server of its own, not the one of the demo: Anthropic Messages, streaming only. */
export async function startTestModel(script: (asked: Asked) => Move): Promise<{ readonly url: string; close(): void }> {
  let ids = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== 'POST' || !request.url?.includes('/v1/messages') || request.url.includes('count_tokens'))
      return json(response, 200, { input_tokens: 10 });
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    const key = String(request.headers['x-api-key'] ?? '');
    play(response, script({ ...readMessages(body), key }), body, (ids += 1));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function readMessages({ messages }: Body): Omit<Asked, 'key'> {
  const prompts: string[] = [];
  let results = 0;
  for (const { role, content } of messages) {
    if (role !== 'user') continue;
    const blocks: readonly Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const text = blocks.flatMap((b) => (b.type === 'text' && !/^\s*<system-reminder>/.test(b.text ?? '') ? [b.text ?? ''] : [])).join('\n');
    const found = blocks.filter((b) => b.type === 'tool_result').length;
    if (found > 0) results += found;
    else if (text !== '') {
      prompts.push(text);
      results = 0;
    }
  }
  return { results, prompts };
}

function play(response: ServerResponse, move: Move, body: Body, id: number): void {
  if (move.kind === 'status') return json(response, move.status, { type: 'error', error: { type: move.type, message: move.message } });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  if (move.kind === 'hang') return;
  const send = (event: { readonly type: string }): void => void response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const usage = { input_tokens: 100, output_tokens: 1, cache_read_input_tokens: 7, cache_creation_input_tokens: 3 };
  send({
    type: 'message_start',
    message: { id: `msg_${id}`, type: 'message', role: 'assistant', model: 'test', content: [], stop_reason: null, stop_sequence: null, usage },
  } as never);
  if (move.kind === 'cut') return void response.write('\n', () => response.destroy());
  if (move.kind === 'malformed') return void response.end('event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n');
  const { block, delta } = blockOf(move, body, id);
  send({ type: 'content_block_start', index: 0, content_block: block } as never);
  send({ type: 'content_block_delta', index: 0, delta } as never);
  send({ type: 'content_block_stop', index: 0 } as never);
  send({
    type: 'message_delta',
    delta: { stop_reason: move.kind === 'text' ? 'end_turn' : 'tool_use', stop_sequence: null },
    usage: { output_tokens: 20 },
  } as never);
  send({ type: 'message_stop' });
  response.end();
}

function blockOf(move: Extract<Move, { kind: 'text' | 'write' | 'bash' }>, body: Body, id: number) {
  if (move.kind === 'text') return { block: { type: 'text', text: '' }, delta: { type: 'text_delta', text: move.text } };
  const tool = body.tools?.find((each) => each.name.toLowerCase() === move.kind);
  const path = tool !== undefined && 'file_path' in tool.input_schema.properties ? 'file_path' : 'path';
  const input = move.kind === 'bash' ? { command: move.command } : { [path]: move.path, content: move.content };
  return {
    block: { type: 'tool_use', id: `toolu_${id}`, name: tool?.name ?? move.kind, input: {} },
    delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
  };
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
