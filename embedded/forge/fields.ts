import { invalid } from './refused.ts';

export type Input = Readonly<Record<string, unknown>>;

/** A text field of a request; null when it is not there. 422 when it is something else. */
export function text(input: Input, key: string): string | null {
  const value = input[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw invalid(`${key} must be a string`);
  return value;
}

export function needText(input: Input, key: string): string {
  const value = text(input, key);
  if (value === null || value === '') throw invalid(`[${key}]: Required`);
  return value;
}

export function flag(input: Input, key: string): boolean | null {
  const value = input[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw invalid(`${key} must be true or false`);
  return value;
}

export function whole(input: Input, key: string): number | null {
  const value = input[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(`${key} must be a whole number`);
  return value;
}

export function texts(input: Input, key: string): string[] | null {
  const value = input[key];
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw invalid(`${key} must be a list of strings`);
  return value;
}

export function record(input: Input, key: string): Input | null {
  const value = input[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(`${key} must be an object`);
  return value as Input;
}

export function records(input: Input, key: string): Input[] | null {
  const value = input[key];
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'object' && item !== null)) throw invalid(`${key} must be a list of objects`);
  return value as Input[];
}
