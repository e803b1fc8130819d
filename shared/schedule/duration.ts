import { z } from 'zod';

const unitSeconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `500ms`, `30s`, `10m`, `2h` or `1d`; null when the text is anything else. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined || unit === undefined ? null : Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
}

/** A duration as people write it, as seconds. */
export const durationSchema = z.string().transform((text, context) => {
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not a duration. Write a whole number and a unit: 500ms, 30s, 10m, 2h or 1d` });
  return z.NEVER;
});
