import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createClaudeReader } from './claude-events.ts';
import type { HarnessEvent, Judgement } from './harness.ts';
import { createPiReader } from './pi-events.ts';

/** What a reader makes of a recorded run. */
function play(recording: string): { readonly events: readonly HarnessEvent[]; readonly judgement: Judgement | null } {
  const reader = recording.startsWith('pi') ? createPiReader() : createClaudeReader();
  const lines = readFileSync(new URL(`fixtures/${recording}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return { events: lines.flatMap((line) => reader.read(line)), judgement: reader.judge() };
}

const kinds = (events: readonly HarnessEvent[]): string => events.map((event) => event.kind).join(' ');

it('pi: a good run', () => {
  const { events, judgement } = play('pi-ok');
  expect(kinds(events)).toBe('started turn usage text tool tool-end turn usage tool tool-end turn usage text');
  expect(events).toContainEqual({ kind: 'tool', id: 'toolu_1', does: 'edit', name: 'write', detail: 'src/new.txt' });
  expect(events).toContainEqual({ kind: 'tool-end', id: 'toolu_3', ok: false });
  expect(events).toContainEqual({ kind: 'usage', input: 1434, output: 20, cached: 0 });
  expect(judgement).toEqual({ end: { ok: true }, text: '{"status":"perhaps"}', usd: null });
});

it('claude: a good run', () => {
  const { events, judgement } = play('claude-ok');
  expect(kinds(events)).toBe('started turn text tool tool usage tool-end tool-end turn tool usage tool-end turn text usage');
  expect(events).toContainEqual({ kind: 'tool', id: 'toolu_4', does: 'execute', name: 'Bash', detail: "bash -c 'ls; exit 3'" });
  expect(events).toContainEqual({ kind: 'tool-end', id: 'toolu_4', ok: false });
  expect(events.filter((event) => event.kind === 'usage').map((event) => event.output)).toEqual([35, 15, 6]);
  expect(judgement).toMatchObject({ end: { ok: true }, text: '{"status":"perhaps"}', usd: 0.054136000000000004 });
});

it.each([
  ['pi-http-401', 'auth', 0],
  ['pi-http-429', 'rate', 2],
  ['pi-cut', 'network', 2],
  ['claude-http-401', 'auth', 2],
  ['claude-cut', 'network', 2],
  ['claude-loop', 'turns', 0],
] as const)('%s ended as %s, whatever the exit code was', (recording, error, retries) => {
  const { events, judgement } = play(recording);
  expect(judgement?.end).toMatchObject({ ok: false, error });
  expect(events.filter((event) => event.kind === 'retry')).toHaveLength(retries);
});

it('a status is known while it is retried', () => {
  for (const recording of ['pi-http-429', 'claude-http-401'])
    expect(play(recording).events.find((event) => event.kind === 'retry')).toMatchObject({ attempt: 1, status: recording.startsWith('pi') ? 429 : 401 });
});

it.each(['pi-hang', 'claude-hang'])('%s, killed in the middle, judges nothing', (recording) => {
  expect(play(recording).judgement).toBeNull();
});

describe.each([createPiReader, createClaudeReader])('%o', (create) => {
  it('takes lines that are no events for nothing', () => {
    const reader = create();
    for (const line of [
      '',
      'Warning: x',
      '{',
      '[]',
      '{"type":5}',
      '{"type":"message_end"}',
      '{"type":"assistant","message":{"content":"x"}}',
      '{"type":"user"}',
    ]) {
      expect(reader.read(line).filter((event) => event.kind === 'tool')).toEqual([]);
    }
    expect(reader.judge()).toBeNull();
  });
});
