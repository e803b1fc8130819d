/** One wire protocol of a model endpoint: reads a request into a conversation and renders the reply. Pure. */
export interface Api {
  /** Throws a ZodError when the request is not one of this protocol. */
  readonly read: (body: unknown) => Conversation;
  /** The whole answer of a request without streaming. */
  readonly whole: (reply: Reply, context: ReplyContext) => unknown;
  /** The answer as server-sent events, in order. */
  readonly events: (reply: Reply, context: ReplyContext) => readonly ServerEvent[];
  readonly error: (status: number, message: string) => unknown;
}

/** What a request tells about the conversation so far. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  /** False only where the protocol lets the client ask for usage in the stream and it did not. */
  readonly wantsUsage: boolean;
  readonly tools: readonly OfferedTool[];
  /** User prompts, from 1; reminders and context that the client adds by itself do not count. */
  readonly turn: number;
  /** Tool results since the last user prompt. */
  readonly results: number;
}

export interface OfferedTool {
  readonly name: string;
  /** Names of its arguments with their JSON Schema; null when unknown. */
  readonly properties: Readonly<Record<string, unknown>> | null;
  /** Takes one free text instead of a JSON document. */
  readonly freeform: boolean;
}

export type ToolCall = { readonly name: string; readonly input: Readonly<Record<string, unknown>> } | { readonly name: string; readonly text: string };

/** One reply of the model. With calls, the client runs them and asks again; without, its turn ends. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

export interface ReplyContext {
  readonly id: (kind: string) => string;
  readonly model: string;
  readonly wantsUsage: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ServerEvent {
  /** Null: the event has data only. */
  readonly name: string | null;
  readonly data: string;
}

/** An event whose name is also the `type` of its data. */
export function typedEvent(data: { readonly type: string; readonly [field: string]: unknown }): ServerEvent {
  return { name: data.type, data: JSON.stringify(data) };
}

/** A text in two pieces, as a stream brings it. */
export function halves(text: string): readonly string[] {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== '');
}

/** Counts user prompts and the tool results after the last one. */
export function countTurns(items: Iterable<'prompt' | { readonly results: number } | null>): { readonly turn: number; readonly results: number } {
  let turn = 0;
  let results = 0;
  for (const item of items) {
    if (item === null) continue;
    if (item === 'prompt') {
      turn += 1;
      results = 0;
    } else results += item.results;
  }
  return { turn: Math.max(turn, 1), results };
}
