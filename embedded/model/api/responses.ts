import { z } from 'zod';
import { chat } from './chat.ts';
import { countTurns, halves, typedEvent, type Api, type Conversation, type Reply, type ReplyContext, type ServerEvent, type ToolCall } from './api.ts';

/** OpenAI Responses. */
export const responses: Api = { read, whole, events, error: chat.error };

const itemSchema = z.looseObject({ type: z.string().nullish(), role: z.string().nullish(), content: z.unknown().optional() });
const requestSchema = z.looseObject({
  model: z.string().default('scripted'),
  stream: z.boolean().nullish(),
  input: z.union([z.string(), z.array(itemSchema)]),
  tools: z
    .array(
      z.looseObject({
        type: z.string(),
        name: z.string().nullish(),
        parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()).nullish() }).nullish(),
      }),
    )
    .nullish(),
});

/** What codex puts before the prompt in messages of the user. */
const clientContext = /^\s*(?:<(?:environment_context|user_instructions|permissions|collaboration|skills|plugins|apps|INSTRUCTIONS)|# AGENTS\.md instructions)/;

function read(body: unknown): Conversation {
  const request = requestSchema.parse(body);
  const items = typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input;
  return {
    model: request.model,
    stream: request.stream === true,
    wantsUsage: true,
    tools: (request.tools ?? []).map((tool) => ({
      name: tool.name ?? tool.type,
      properties: tool.parameters?.properties ?? null,
      freeform: tool.type === 'custom',
    })),
    ...countTurns(items.map(kindOf)),
  };
}

function kindOf(item: {
  readonly type?: string | null | undefined;
  readonly role?: string | null | undefined;
  readonly content?: unknown;
}): 'prompt' | { readonly results: number } | null {
  if (item.type?.endsWith('_output') === true) return { results: 1 };
  if (item.role !== 'user') return null;
  return textsOf(item.content).some((text) => !clientContext.test(text)) ? 'prompt' : null;
}

function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content];
  const parts = z.array(z.looseObject({ text: z.string() })).safeParse(content);
  return parts.success ? parts.data.map((part) => part.text) : [];
}

type Item =
  | { type: 'message'; id: string; role: 'assistant'; status: string; content: readonly object[] }
  | { type: 'function_call'; id: string; call_id: string; name: string; arguments: string; status: string }
  | { type: 'custom_tool_call'; id: string; call_id: string; name: string; input: string; status: string };

function itemsOf(reply: Reply, context: ReplyContext): Item[] {
  const part = { type: 'output_text', text: reply.text, annotations: [] };
  const text: Item[] = reply.text === '' ? [] : [{ type: 'message', id: context.id('msg'), role: 'assistant', status: 'completed', content: [part] }];
  return [...text, ...reply.calls.map((call) => callItem(call, context))];
}

function callItem(call: ToolCall, context: ReplyContext): Item {
  const common = { call_id: context.id('call'), name: call.name, status: 'completed' };
  return 'input' in call
    ? { type: 'function_call', id: context.id('fc'), ...common, arguments: JSON.stringify(call.input) }
    : { type: 'custom_tool_call', id: context.id('ctc'), ...common, input: call.text };
}

function response(id: string, context: ReplyContext, output: readonly Item[] | null) {
  const usage = {
    input_tokens: context.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: context.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: context.inputTokens + context.outputTokens,
  };
  const done = output !== null;
  return {
    id,
    object: 'response',
    created_at: 0,
    status: done ? 'completed' : 'in_progress',
    model: context.model,
    output: output ?? [],
    usage: done ? usage : null,
  };
}

function whole(reply: Reply, context: ReplyContext): unknown {
  return response(context.id('resp'), context, itemsOf(reply, context));
}

function events(reply: Reply, context: ReplyContext): readonly ServerEvent[] {
  const id = context.id('resp');
  const items = itemsOf(reply, context);
  const bare = [
    { type: 'response.created', response: response(id, context, null) },
    ...items.flatMap(itemEvents),
    { type: 'response.completed', response: response(id, context, items) },
  ];
  return bare.map((event, at) => typedEvent({ ...event, sequence_number: at }));
}

function itemEvents(item: Item, output_index: number): readonly { readonly type: string }[] {
  const empty = item.type === 'message' ? { content: [] } : item.type === 'function_call' ? { arguments: '' } : { input: '' };
  const place = { item_id: item.id, output_index };
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, status: 'in_progress', ...empty } },
    ...middleEvents(item, place),
    { type: 'response.output_item.done', output_index, item },
  ] as readonly { readonly type: string }[];
}

function middleEvents(item: Item, place: object): readonly object[] {
  if (item.type === 'custom_tool_call') {
    const pieces = halves(item.input).map((delta) => ({ type: 'response.custom_tool_call_input.delta', ...place, delta }));
    return [...pieces, { type: 'response.custom_tool_call_input.done', ...place, input: item.input }];
  }
  if (item.type === 'function_call') {
    const pieces = halves(item.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta }));
    return [...pieces, { type: 'response.function_call_arguments.done', ...place, arguments: item.arguments }];
  }
  const part = item.content[0] as { readonly text: string };
  const at = { ...place, content_index: 0 };
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...halves(part.text).map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_text.done', ...at, text: part.text },
    { type: 'response.content_part.done', ...at, part },
  ];
}
