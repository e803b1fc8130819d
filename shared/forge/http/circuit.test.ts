import { describe, expect, it } from 'vitest';
import { ForgeError } from '#forge';
import { createManualClock } from '../../clock/manual.ts';
import { silentLog } from '../../log/pino.ts';
import { circuitLimits, createCircuit, type Refusal } from './circuit.ts';

describe('circuits of one process', () => {
  function two() {
    const neighbours = new Set<() => void>();
    const clock = createManualClock(new Date('2027-03-01T12:00:00.000Z'));
    const create = () => createCircuit({ clock, log: silentLog, limits: { ...circuitLimits, failures: 1, openSeconds: 60 }, neighbours });
    return { clock, one: create(), other: create() };
  }
  const away: Refusal = { kind: 'unavailable', retryAfterSeconds: null };

  it('may probe at once when the forge serves one of them again; nothing was asked until then', () => {
    const { clock, one, other } = two();
    one.enter()(away);
    clock.advance(30_000);
    other.enter()(away);
    expect(() => other.enter()).toThrow(expect.objectContaining({ name: 'ForgeError', unasked: true, retryAfterSeconds: 60 }) as ForgeError);
    clock.advance(30_000);
    one.enter()(null);
    other.enter()(null);
    expect([one.isOpen(), other.isOpen()]).toEqual([false, false]);
  });

  it('keep what the forge asked for', () => {
    const { clock, one, other } = two();
    one.enter()(away);
    other.enter()({ kind: 'rate-limited', retryAfterSeconds: 900 });
    clock.advance(60_000);
    one.enter()(null);
    expect(() => other.enter()).toThrow(ForgeError);
  });
});
