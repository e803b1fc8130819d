import type { KeyPath } from './path.ts';
import type { ConfigValue } from './value.ts';

/** A dotted key, quoted where it must be. */
export function renderKey(path: KeyPath): string {
  return path.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : renderString(key))).join('.');
}

/** A value on one line. */
export function renderValue(value: ConfigValue): string {
  if (typeof value === 'string') return renderString(value);
  if (typeof value === 'number') return renderNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(renderValue).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${renderKey([key])} = ${renderValue(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}

/** JSON's escapes are TOML's; DEL and half surrogate pairs are not allowed as they are, or at all. */
function renderString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007F', '\\u007F');
}

function renderNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0.0' : String(value);
}
