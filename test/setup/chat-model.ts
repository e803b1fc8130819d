import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatModel {
  /** Without a path; clients append `/v1/chat/completions`. */
  readonly url: string;
  /** Keys that were sent, in order of the requests. */
  readonly keys: readonly string[];
  close(): void;
}

interface Message {
  readonly role: string;
  readonly content?: unknown;
}

const answers = {
  dev: JSON.stringify({ status: 'done', summary: 'Add a line to NOTES.md.' }),
  reviewer: JSON.stringify({ verdict: 'approve', summary: 'One line, as asked.' }),
};

/**
 * A model endpoint as a person could run it, and nothing of the factory's: OpenAI chat completions, streaming. Whoever is
 * asked to implement something gets one command that adds a line to NOTES.md, then the answer; a reviewer gets an approval.
 */
export async function startChatModel(key: string): Promise<ChatModel> {
  const keys: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = String(request.headers.authorization ?? '').replace(/^Bearer /, '');
    keys.push(sent);
    if (sent !== key) return fail(response, 401, 'Incorrect API key provided.');
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return fail(response, 404, `There is no ${request.method} ${request.url}.`);
    const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: readonly Message[] };
    stream(response, messages);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function stream(response: ServerResponse, messages: readonly Message[]): void {
  const prompt = messages
    .filter((message) => message.role === 'user')
    .map((message) => JSON.stringify(message.content))
    .join('\n');
  const reviews = prompt.includes('verdict');
  const worked = messages.some((message) => message.role === 'tool');
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'bash', arguments: JSON.stringify({ command: 'echo "One more line." >> NOTES.md' }) },
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (choices: readonly unknown[], more: object = {}): void => {
    response.write(`data: ${JSON.stringify({ id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'small-1', choices, ...more })}\n\n`);
  };
  if (reviews || worked) {
    const text = reviews ? answers.reviewer : answers.dev;
    for (let at = 0; at < text.length; at += 10) send([{ index: 0, delta: { role: 'assistant', content: text.slice(at, at + 10) }, finish_reason: null }]);
    send([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  } else {
    send([{ index: 0, delta: { role: 'assistant', tool_calls: [call] }, finish_reason: null }]);
    send([{ index: 0, delta: {}, finish_reason: 'tool_calls' }]);
  }
  send([], { usage: { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 } });
  response.end('data: [DONE]\n\n');
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message, type: 'invalid_request_error', code: null } }));
}
