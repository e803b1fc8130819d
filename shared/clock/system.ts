import { randomBytes } from 'node:crypto';
import type { Chance, Clock } from './clock.ts';
import { composeId } from './id.ts';
import { sleepWith } from './sleep.ts';

/** Longest delay that Node's timers take; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The clock of the machine. Sleeps keep the process alive; timers of any length work. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: sleepWith(after),
  after,
};

/** The chance of the machine: entropy from the kernel. */
export const systemChance: Chance = {
  id: nextId,
  random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  secret: (bytes) => randomBytes(bytes).toString('hex'),
};

function after(ms: number, fire: () => void): () => void {
  const until = performance.now() + ms;
  let timer = setTimeout(
    function step() {
      const left = until - performance.now();
      if (left <= 0) return fire();
      timer = setTimeout(step, Math.min(Math.ceil(left), longestTimer));
    },
    Math.min(Math.max(ms, 0), longestTimer),
  );
  return () => clearTimeout(timer);
}

let last = { at: 0, tail: 0n };

/** Ids of one millisecond count up from a random start, so that they sort in the order they were made. */
function nextId(kind: string): string {
  const at = Date.now();
  const fresh = randomBytes(8).readBigUInt64BE() & ((1n << 59n) - 1n);
  last = at > last.at ? { at, tail: fresh } : { at: last.at, tail: last.tail + 1n + (fresh >> 40n) };
  return composeId(kind, last.at, last.tail);
}
