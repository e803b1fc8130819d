import { z } from 'zod';
import { countTurns, halves, typedEvent, type Api, type Conversation, type Reply, type ReplyContext, type ServerEvent, type ToolCall } from './api.ts';

/** Anthropic Messages. */
export const anthropic: Api = { read, whole, events, error };

const blockSchema = z.looseObject({ type: z.string(), text: z.string().nullish() });
const requestSchema = z.looseObject({
  model: z.string().default('scripted'),
  stream: z.boolean().nullish(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(blockSchema)]) })),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.looseObject({ properties: z.record(z.string(), z.unknown()).nullish() }).nullish() }))
    .nullish(),
});
type Message = z.infer<typeof requestSchema>['messages'][number];

function read(body: unknown): Conversation {
  const request = requestSchema.parse(body);
  return {
    model: request.model,
    stream: request.stream === true,
    wantsUsage: true,
    tools: (request.tools ?? []).map((tool) => ({ name: tool.name, properties: tool.input_schema?.properties ?? null, freeform: false })),
    ...countTurns(request.messages.map(kindOf)),
  };
}

/** A client adds reminders of its own to the user's messages: they are not prompts. */
function kindOf(message: Message): 'prompt' | { readonly results: number } | null {
  if (message.role !== 'user') return null;
  const blocks = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
  const results = blocks.filter((block) => block.type === 'tool_result').length;
  if (results > 0) return { results };
  return blocks.some((block) => block.type === 'text' && !/^\s*<system-reminder>/.test(block.text ?? '')) ? 'prompt' : null;
}

type Block = { type: 'text'; text: string } | { type: 'tool_use'; id: string; name: string; input: unknown };

function blocksOf(reply: Reply, context: ReplyContext): Block[] {
  const text: Block[] = reply.text === '' ? [] : [{ type: 'text', text: reply.text }];
  return [...text, ...reply.calls.map((call): Block => ({ type: 'tool_use', id: context.id('toolu'), name: call.name, input: inputOf(call) }))];
}

function inputOf(call: ToolCall): unknown {
  return 'input' in call ? call.input : { input: call.text };
}

function message(context: ReplyContext, content: readonly Block[], stop: string | null, outputTokens: number) {
  const usage = { input_tokens: context.inputTokens, output_tokens: outputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  return { id: context.id('msg'), type: 'message', role: 'assistant', model: context.model, content, stop_reason: stop, stop_sequence: null, usage };
}

const stopOf = (reply: Reply): string => (reply.calls.length > 0 ? 'tool_use' : 'end_turn');

function whole(reply: Reply, context: ReplyContext): unknown {
  return message(context, blocksOf(reply, context), stopOf(reply), context.outputTokens);
}

function events(reply: Reply, context: ReplyContext): readonly ServerEvent[] {
  return [
    typedEvent({ type: 'message_start', message: message(context, [], null, 1) }),
    ...blocksOf(reply, context).flatMap(blockEvents),
    typedEvent({ type: 'message_delta', delta: { stop_reason: stopOf(reply), stop_sequence: null }, usage: { output_tokens: context.outputTokens } }),
    typedEvent({ type: 'message_stop' }),
  ];
}

function blockEvents(block: Block, index: number): readonly ServerEvent[] {
  const start = block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} };
  const pieces = halves(block.type === 'text' ? block.text : JSON.stringify(block.input));
  const delta = (piece: string) => (block.type === 'text' ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece });
  return [
    { type: 'content_block_start', index, content_block: start },
    ...pieces.map((piece) => ({ type: 'content_block_delta', index, delta: delta(piece) })),
    { type: 'content_block_stop', index },
  ].map(typedEvent);
}

function error(status: number, text: string): unknown {
  const types: Readonly<Record<number, string>> = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    404: 'not_found_error',
    429: 'rate_limit_error',
  };
  return { type: 'error', error: { type: types[status] ?? 'api_error', message: text } };
}
