import { createHash } from 'node:crypto';

/** A delay in [0, `seconds`), in ms, that depends on the schedule's name and the due time only. */
export function jitterMs(name: string, due: Date, seconds: number): number {
  const digest = createHash('sha256').update(`${name}\n${due.getTime()}`).digest();
  return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * seconds * 1000);
}
