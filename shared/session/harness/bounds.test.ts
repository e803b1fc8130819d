import { expect, it } from 'vitest';
import type { Clock } from '#clock';
import type { SessionLimits } from '#session';
import { addUsage, createBounds } from './bounds.ts';

const limits: SessionLimits = { turns: 2, tokens: 100, usd: 1, wallSeconds: 100, idleSeconds: 10 };
const prices = { input: 1000, output: 10_000, cached: 1 };

/** A clock that stands still until it is moved. */
function manualClock(): Clock & { pass(seconds: number): void } {
  let now = 0;
  const timers = new Set<{ at: number; fire: () => void }>();
  return {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: () => Promise.resolve(),
    after: (ms, fire) => {
      const timer = { at: now + ms, fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass: (seconds) => {
      now += seconds * 1000;
      for (const timer of timers) if (timer.at <= now && timers.delete(timer)) timer.fire();
    },
  };
}

function watch(more: Partial<SessionLimits> = {}, priced: typeof prices | null = prices) {
  const reached: string[] = [];
  const clock = manualClock();
  return { reached, clock, bounds: createBounds(clock, { ...limits, ...more }, priced, ({ error }) => reached.push(error)) };
}

it('is idle after silence, not while lines come or a tool works', () => {
  const { reached, clock, bounds } = watch();
  clock.pass(9);
  bounds.alive();
  clock.pass(9);
  bounds.count({ kind: 'tool', id: 't', does: 'execute', name: 'bash', detail: '' });
  clock.pass(40);
  expect(reached).toEqual([]);
  bounds.count({ kind: 'tool-end', id: 't', ok: true });
  clock.pass(9);
  expect(reached).toEqual([]);
  clock.pass(1);
  clock.pass(1);
  expect(reached).toEqual(['idle']);
});

it('gives a CLI three times as long until its first line', () => {
  const { reached, clock, bounds } = watch();
  for (let seconds = 0; seconds < 25; seconds += 5) clock.pass(5);
  expect(reached).toEqual([]);
  bounds.alive();
  clock.pass(10);
  expect(reached).toEqual(['idle']);
});

it('ends at the wall limit whatever happens, and tells one reason only', () => {
  const { reached, clock, bounds } = watch();
  bounds.count({ kind: 'tool', id: 't', does: 'execute', name: 'bash', detail: '' });
  for (let seconds = 0; seconds < 100; seconds += 5) clock.pass(5);
  bounds.count({ kind: 'usage', input: 1000, output: 0, cached: 0 });
  expect(reached).toEqual(['wall']);
});

it('counts turns, tokens and money', () => {
  const turns = watch();
  for (let turn = 0; turn < 3; turn += 1) turns.bounds.count({ kind: 'turn' });
  expect([turns.reached, turns.bounds.turns()]).toEqual([['turns'], 3]);
  const tokens = watch({ usd: null });
  tokens.bounds.count({ kind: 'usage', input: 60, output: 40, cached: 5000 });
  expect(tokens.reached).toEqual([]);
  tokens.bounds.count({ kind: 'usage', input: 1, output: 0, cached: 0 });
  expect(tokens.reached).toEqual(['tokens']);
  const money = watch();
  money.bounds.count({ kind: 'usage', input: 10, output: 99, cached: 0 });
  expect(money.bounds.usage()).toEqual({ inputTokens: 10, outputTokens: 99, cachedTokens: 0, usd: 1 });
});

it('says nothing any more once it has ended', () => {
  const { reached, clock, bounds } = watch();
  bounds.end();
  clock.pass(1000);
  expect(reached).toEqual([]);
});

it('does not take unknown money for none', () => {
  const tokens = { inputTokens: 1, outputTokens: 2, cachedTokens: 3 };
  expect(addUsage({ ...tokens, usd: null }, { ...tokens, usd: null }).usd).toBeNull();
  expect(addUsage({ ...tokens, usd: null }, { ...tokens, usd: 2 })).toEqual({ inputTokens: 2, outputTokens: 4, cachedTokens: 6, usd: 2 });
});
