import { describe, expect, it } from 'vitest';
import { anthropic } from './anthropic.ts';
import type { Api, Reply, ReplyContext } from './api.ts';
import { chat } from './chat.ts';
import { responses } from './responses.ts';

const reply: Reply = { text: 'so', calls: [{ name: 'bash', input: { command: 'ls' } }] };
const context: ReplyContext = { id: (kind) => `${kind}_1`, model: 'm', wantsUsage: true, inputTokens: 10, outputTokens: 2 };
const apis: readonly (readonly [string, Api])[] = [
  ['anthropic', anthropic],
  ['chat', chat],
  ['responses', responses],
];

const tool = { type: 'object', properties: { command: { type: 'string' } } };
const conversations: readonly (readonly [string, Api, object])[] = [
  [
    'anthropic',
    anthropic,
    {
      tools: [{ name: 'bash', input_schema: tool }],
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'bash', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: '' }] },
        { role: 'assistant', content: 'done' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system-reminder>x</system-reminder>' },
            { type: 'text', text: 'two' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'b' },
            { type: 'tool_result', tool_use_id: 'c' },
            { type: 'text', text: '<system-reminder>y</system-reminder>' },
          ],
        },
      ],
    },
  ],
  [
    'chat',
    chat,
    {
      tools: [{ type: 'function', function: { name: 'bash', parameters: tool } }],
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'one' },
        { role: 'tool', content: '' },
        { role: 'user', content: 'two' },
        { role: 'tool', content: '' },
        { role: 'tool', content: null },
      ],
    },
  ],
  [
    'responses',
    responses,
    {
      tools: [{ type: 'function', name: 'bash', parameters: tool }],
      input: [
        { role: 'user', content: [{ type: 'input_text', text: '<environment_context>…' }] },
        { role: 'user', content: 'one' },
        { type: 'function_call_output', output: '' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'two' }] },
        { type: 'custom_tool_call_output', output: '' },
        { type: 'function_call_output', output: '' },
      ],
    },
  ],
];

describe('reading a request', () => {
  it.each(conversations)('%s: counts prompts, and tool results after the last one', (_, api, body) => {
    expect(api.read({ model: 'm', ...body })).toMatchObject({
      model: 'm',
      stream: false,
      turn: 2,
      results: 2,
      tools: [{ name: 'bash', properties: tool.properties, freeform: false }],
    });
  });

  it.each(apis)('%s: refuses what is no request of it', (_, api) => {
    expect(() => api.read({ model: 'm' })).toThrow();
  });
});

describe('answering', () => {
  it('anthropic: text and call in one message', () => {
    expect(anthropic.whole(reply, context)).toMatchObject({
      content: [
        { type: 'text', text: 'so' },
        { type: 'tool_use', name: 'bash', input: { command: 'ls' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 10, output_tokens: 2 },
    });
  });

  it('chat: text and call in one choice', () => {
    expect(chat.whole(reply, context)).toMatchObject({
      choices: [{ finish_reason: 'tool_calls', message: { content: 'so', tool_calls: [{ function: { name: 'bash', arguments: '{"command":"ls"}' } }] } }],
      usage: { total_tokens: 12 },
    });
  });

  it('chat: a stream says its usage only when it is asked for', () => {
    const usages = [true, false].map((wantsUsage) => chat.events(reply, { ...context, wantsUsage }).filter((event) => event.data.includes('"usage"')).length);
    expect(usages).toEqual([1, 0]);
  });

  it('responses: a message, then the call', () => {
    expect(responses.whole(reply, context)).toMatchObject({
      status: 'completed',
      output: [
        { type: 'message', content: [{ text: 'so' }] },
        { type: 'function_call', arguments: '{"command":"ls"}' },
      ],
      usage: { total_tokens: 12 },
    });
  });
});
