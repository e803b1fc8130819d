import { z } from 'zod';

const entry = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().optional() });

/** One JSON line of the log as one short line for people: time, level, message, fields. Anything else stays as it is. */
export function renderLine(line: string): string {
  const parsed = entry.safeParse(parse(line));
  if (!parsed.success) return line;
  const { level, time, msg, ...fields } = parsed.data;
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${renderValue(value)}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${[msg ?? '', ...shown].join(' ').trim()}\n`;
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return /[\s"]/.test(value) ? JSON.stringify(value) : value;
  if (isErrorLike(value)) return JSON.stringify(value.message);
  return JSON.stringify(value) ?? '';
}

function isErrorLike(value: unknown): value is { readonly message: string } {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
