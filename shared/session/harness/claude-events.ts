import type { HarnessEvent, Judgement, LineReader } from './harness.ts';
import { classifyFailure, oneLine } from './failure.ts';
import { asList, asNumber, asObject, asText, detailOf, parseObject, textOf, toolKind, type JsonObject } from './json.ts';

/** Reads Claude Code's `stream-json` with partial messages: usage is exact there, and every delta is a sign of life. */
export function createClaudeReader(): LineReader {
  let lastText = '';
  let call: JsonObject = {};
  let result: JsonObject | null = null;
  const read = (line: string): readonly HarnessEvent[] => {
    const event = parseObject(line);
    if (event === null) return [];
    switch (event['type']) {
      case 'system':
        return systemEvents(event);
      case 'stream_event': {
        const part = asObject(event['event']);
        if (part['type'] === 'message_start') call = asObject(asObject(part['message'])['usage']);
        return streamEvents(part, call);
      }
      case 'assistant': {
        const message = asObject(event['message']);
        // What the CLI itself says about a failed call is no message of the model.
        if (message['model'] === '<synthetic>') return [];
        lastText = textOf(message['content']) || lastText;
        return asList(message['content']).flatMap(blockEvents);
      }
      case 'user':
        return asList(asObject(event['message'])['content']).flatMap(resultEvents);
      case 'result':
        result = event;
        return [];
      default:
        return [];
    }
  };
  return { read, judge: () => (result === null ? null : judgeResult(result, lastText)) };
}

function systemEvents(event: JsonObject): readonly HarnessEvent[] {
  if (event['subtype'] === 'init') return [{ kind: 'started' }];
  if (event['subtype'] !== 'api_retry') return [];
  const status = event['error_status'];
  return [{ kind: 'retry', attempt: asNumber(event['attempt']), status: typeof status === 'number' ? status : null }];
}

function streamEvents(part: JsonObject, call: JsonObject): readonly HarnessEvent[] {
  if (part['type'] === 'message_start') return [{ kind: 'turn' }];
  if (part['type'] !== 'message_delta') return [];
  // Some servers count the input only at the end; the later figure of a field wins.
  const usage = { ...call, ...definedIn(asObject(part['usage'])) };
  const input = asNumber(usage['input_tokens']) + asNumber(usage['cache_creation_input_tokens']);
  return [{ kind: 'usage', input, output: asNumber(usage['output_tokens']), cached: asNumber(usage['cache_read_input_tokens']) }];
}

function definedIn(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value === 'number' && value > 0));
}

function blockEvents(block: JsonObject): readonly HarnessEvent[] {
  if (block['type'] === 'text') return asText(block['text']) === '' ? [] : [{ kind: 'text', text: asText(block['text']) }];
  if (block['type'] !== 'tool_use') return [];
  const name = asText(block['name']);
  return [{ kind: 'tool', id: asText(block['id']), does: toolKind(name), name, detail: detailOf(block['input']) }];
}

function resultEvents(block: JsonObject): readonly HarnessEvent[] {
  return block['type'] === 'tool_result' ? [{ kind: 'tool-end', id: asText(block['tool_use_id']), ok: block['is_error'] !== true }] : [];
}

function judgeResult(result: JsonObject, lastText: string): Judgement {
  const usd = typeof result['total_cost_usd'] === 'number' ? result['total_cost_usd'] : null;
  if (result['is_error'] !== true) return { end: { ok: true }, text: asText(result['result']) || lastText, usd };
  const said = [asText(result['result']), ...(Array.isArray(result['errors']) ? result['errors'].map(asText) : [])].filter((text) => text !== '').join(' ');
  return { end: { ok: false, ...failureOf(result, said) }, text: lastText, usd };
}

function failureOf(result: JsonObject, said: string) {
  const why = oneLine(said) || `it ended as ${asText(result['terminal_reason']) || asText(result['subtype'])}`;
  if (result['subtype'] === 'error_max_turns') return { error: 'turns' as const, why };
  if (result['subtype'] === 'error_max_budget_usd') return { error: 'usd' as const, why };
  if (result['subtype'] === 'error_during_execution' && said === '') return { error: 'crash' as const, why };
  const status = result['api_error_status'];
  return { error: classifyFailure(said, typeof status === 'number' ? status : null), why };
}
