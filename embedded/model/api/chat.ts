import { z } from 'zod';
import { countTurns, halves, type Api, type Conversation, type Reply, type ReplyContext, type ServerEvent, type ToolCall } from './api.ts';

/** OpenAI chat completions. */
export const chat: Api = { read, whole, events, error };

const requestSchema = z.looseObject({
  model: z.string().default('scripted'),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  messages: z.array(z.looseObject({ role: z.string() })),
  tools: z
    .array(
      z.looseObject({
        function: z
          .looseObject({ name: z.string(), parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()).nullish() }).nullish() })
          .nullish(),
      }),
    )
    .nullish(),
});

function read(body: unknown): Conversation {
  const request = requestSchema.parse(body);
  const kinds = request.messages.map((m) => (m.role === 'user' ? 'prompt' : m.role === 'tool' ? { results: 1 } : null));
  return {
    model: request.model,
    stream: request.stream === true,
    wantsUsage: request.stream !== true || request.stream_options?.include_usage === true,
    tools: (request.tools ?? []).flatMap((tool) =>
      tool.function == null ? [] : [{ name: tool.function.name, properties: tool.function.parameters?.properties ?? null, freeform: false }],
    ),
    ...countTurns(kinds),
  };
}

const argumentsOf = (call: ToolCall): string => JSON.stringify('input' in call ? call.input : { input: call.text });
const finishOf = (reply: Reply): string => (reply.calls.length > 0 ? 'tool_calls' : 'stop');
const usageOf = (context: ReplyContext) => ({
  prompt_tokens: context.inputTokens,
  completion_tokens: context.outputTokens,
  total_tokens: context.inputTokens + context.outputTokens,
});

function whole(reply: Reply, context: ReplyContext): unknown {
  const calls = reply.calls.map((call) => ({ id: context.id('call'), type: 'function', function: { name: call.name, arguments: argumentsOf(call) } }));
  const message = { role: 'assistant', content: reply.text === '' ? null : reply.text, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  return {
    id: context.id('chatcmpl'),
    object: 'chat.completion',
    created: 0,
    model: context.model,
    choices: [{ index: 0, finish_reason: finishOf(reply), message }],
    usage: usageOf(context),
  };
}

function events(reply: Reply, context: ReplyContext): readonly ServerEvent[] {
  const id = context.id('chatcmpl');
  const chunk = (rest: object): ServerEvent => ({
    name: null,
    data: JSON.stringify({ id, object: 'chat.completion.chunk', created: 0, model: context.model, ...rest }),
  });
  const delta = (piece: object, finish: string | null = null): ServerEvent => chunk({ choices: [{ index: 0, delta: piece, finish_reason: finish }] });
  const calls = reply.calls.flatMap((call, index) => [
    delta({ tool_calls: [{ index, id: context.id('call'), type: 'function', function: { name: call.name, arguments: '' } }] }),
    ...halves(argumentsOf(call)).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return [
    delta({ role: 'assistant', content: '' }),
    ...halves(reply.text).map((piece) => delta({ content: piece })),
    ...calls,
    delta({}, finishOf(reply)),
    ...(context.wantsUsage ? [chunk({ choices: [], usage: usageOf(context) })] : []),
    { name: null, data: '[DONE]' },
  ];
}

function error(status: number, text: string): unknown {
  const types: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 401: 'invalid_api_key', 404: 'not_found', 429: 'rate_limit_error' };
  const type = types[status] ?? 'server_error';
  return { error: { message: text, type, code: type, param: null } };
}
