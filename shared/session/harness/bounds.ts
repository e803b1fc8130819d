import type { Clock } from '#clock';
import type { SessionFailure, SessionLimits, Usage } from '#session';
import type { HarnessEvent, Prices } from './harness.ts';

export interface Reached {
  readonly error: Extract<SessionFailure, 'turns' | 'tokens' | 'usd' | 'wall' | 'idle'>;
  readonly why: string;
}

export interface Bounds {
  /** Any line of output: a sign of life. */
  alive(): void;
  count(event: HarnessEvent): void;
  usage(): Usage;
  turns(): number;
  /** Stops the watchdogs. */
  end(): void;
}

/**
 * Counts what a session uses and watches the time; calls `reach` once, with the first limit that is reached. Idle means: no
 * line of output and no tool at work (a test suite may run for long without a word; the wall limit bounds it). Before its first line
 * a CLI has three times as long: a busy machine starts it slowly.
 */
export function createBounds(clock: Clock, limits: SessionLimits, prices: Prices | null, reach: (reached: Reached) => void): Bounds {
  let usage: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, usd: prices === null ? null : 0 };
  let turns = 0;
  let over = false;
  const tools = new Set<string>();
  const reachOnce = (error: Reached['error'], why: string): void => {
    if (!over) reach({ error, why });
    over = true;
  };
  const idle = watchIdle(clock, {
    ms: limits.idleSeconds * 1000,
    isBusy: () => tools.size > 0,
    fire: (ms) => reachOnce('idle', `no sign of life for ${ms / 1000} s`),
  });
  const cancelWall = clock.after(limits.wallSeconds * 1000, () => reachOnce('wall', `it took longer than ${limits.wallSeconds} s`));
  const charge = (event: Extract<HarnessEvent, { kind: 'usage' }>): void => {
    usage = addUsage(usage, priced(event, prices));
    const tokens = usage.inputTokens + usage.outputTokens;
    if (tokens > limits.tokens) reachOnce('tokens', `it used ${tokens} tokens of ${limits.tokens}`);
    if (limits.usd !== null && usage.usd !== null && usage.usd > limits.usd) reachOnce('usd', `it cost ${usage.usd.toFixed(2)} of ${limits.usd} US dollars`);
  };
  return {
    alive: idle.alive,
    count: (event) => {
      if (event.kind === 'tool') tools.add(event.id);
      else if (event.kind === 'tool-end') tools.delete(event.id);
      else if (event.kind === 'usage') charge(event);
      else if (event.kind === 'turn' && (turns += 1) > limits.turns) reachOnce('turns', `it needed more than ${limits.turns} turns`);
    },
    usage: () => usage,
    turns: () => turns,
    end: () => {
      over = true;
      idle.end();
      cancelWall();
    },
  };
}

const startFactor = 3;

/** One timer at a time that looks again when the silence could be long enough, instead of a new timer per line. */
function watchIdle(clock: Clock, watch: { readonly ms: number; readonly isBusy: () => boolean; readonly fire: (ms: number) => void }) {
  let last = clock.monotonic();
  let allowed = startFactor * watch.ms;
  const look = (): void => {
    if (watch.isBusy()) last = clock.monotonic();
    const left = last + allowed - clock.monotonic();
    if (left <= 0) watch.fire(allowed);
    else cancel = clock.after(left, look);
  };
  let cancel = clock.after(watch.ms, look);
  const alive = (): void => {
    last = clock.monotonic();
    allowed = watch.ms;
  };
  return { alive, end: () => cancel() };
}

function priced(event: Extract<HarnessEvent, { kind: 'usage' }>, prices: Prices | null): Usage {
  const { input, output, cached } = event;
  const usd = prices === null ? null : (input * prices.input + output * prices.output + cached * prices.cached) / 1_000_000;
  return { inputTokens: input, outputTokens: output, cachedTokens: cached, usd };
}

/** The sum; money that is unknown on one side only is taken from the other. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    usd: a.usd === null && b.usd === null ? null : (a.usd ?? 0) + (b.usd ?? 0),
  };
}
