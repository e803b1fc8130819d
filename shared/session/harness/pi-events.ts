import type { HarnessEvent, Judgement, LineReader } from './harness.ts';
import { classifyFailure, readable, statusIn } from './failure.ts';
import { asNumber, asObject, asText, detailOf, parseObject, textOf, toolKind, type JsonObject } from './json.ts';

/** Reads pi's `--mode json`. Its last assistant message says how it ended. */
export function createPiReader(): LineReader {
  let last: JsonObject | null = null;
  return {
    read: (line) => {
      const event = parseObject(line);
      if (event === null) return [];
      if (event['type'] === 'message_end' && asObject(event['message'])['role'] === 'assistant') last = asObject(event['message']);
      return eventsOf(event);
    },
    judge: () => (last === null ? null : judgeLast(last)),
  };
}

function eventsOf(event: JsonObject): readonly HarnessEvent[] {
  switch (event['type']) {
    case 'session':
      return [{ kind: 'started' }];
    case 'turn_start':
      return [{ kind: 'turn' }];
    case 'message_end':
      return messageEvents(asObject(event['message']));
    case 'tool_execution_start': {
      const name = asText(event['toolName']);
      return [{ kind: 'tool', id: asText(event['toolCallId']), does: toolKind(name), name, detail: detailOf(event['args']) }];
    }
    case 'tool_execution_end':
      return [{ kind: 'tool-end', id: asText(event['toolCallId']), ok: event['isError'] !== true }];
    case 'auto_retry_start':
      return [{ kind: 'retry', attempt: asNumber(event['attempt']), status: statusIn(asText(event['errorMessage'])) }];
    default:
      return [];
  }
}

function messageEvents(message: JsonObject): readonly HarnessEvent[] {
  if (message['role'] !== 'assistant') return [];
  const usage = asObject(message['usage']);
  const text = textOf(message['content']);
  return [
    { kind: 'usage', input: asNumber(usage['input']) + asNumber(usage['cacheWrite']), output: asNumber(usage['output']), cached: asNumber(usage['cacheRead']) },
    ...(text === '' ? [] : [{ kind: 'text' as const, text }]),
  ];
}

function judgeLast(message: JsonObject): Judgement | null {
  const text = textOf(message['content']);
  const reason = message['stopReason'];
  // `length`: the answer was cut; whether it is whole enough is for the validation to say.
  if (reason === 'stop' || reason === 'length') return { end: { ok: true }, text, usd: null };
  // A message that asks for tools is never the last of a conversation that ended well.
  if (reason !== 'error') return null;
  const error = asText(message['errorMessage']);
  return { end: { ok: false, error: classifyFailure(error), why: readable(error) || 'the model call failed without a message' }, text, usd: null };
}
