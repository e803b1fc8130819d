import type { SecretRegistry } from '#log';
import { maskTokenShapes, masked } from './token-shapes.ts';

const shortest = 6;
const shortestBase64 = 8;

/**
 * Knows secrets by value and masks them as they are, URL-encoded, JSON-escaped, and in base64 at any alignment (so the
 * password inside a basic-auth header counts too). A secret that is cut in two by separate calls is not found: callers mask
 * whole lines or documents.
 */
export function createSecretRegistry(): SecretRegistry {
  const known = new Set<string>();
  let byLength: readonly string[] = [];

  return {
    add(secret) {
      if (known.has(secret.trim())) return;
      for (const form of formsOf(secret.trim())) known.add(form);
      byLength = [...known].toSorted((a, b) => b.length - a.length);
    },
    mask(text) {
      let clean = text;
      for (const form of byLength) if (clean.includes(form)) clean = clean.replaceAll(form, masked);
      return maskTokenShapes(clean);
    },
    knows: (text) => byLength.some((form) => text.includes(form)),
  };
}

function formsOf(secret: string): readonly string[] {
  if (secret.length < shortest) return [];
  const encoded = encodeURIComponent(secret);
  // Sessions print a key file line by line; a line of it must not slip through because the rest is missing.
  const lines = secret.includes('\n') ? secret.split('\n').map((line) => line.trim()) : [];
  return [
    secret,
    encoded,
    encoded.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    ...base64Forms(secret),
    ...lines.filter((line) => line.length >= 20 && !line.startsWith('-----')),
  ];
}

/** The characters of a base64 text that depend on the secret alone, for each of the three places it can start at. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((whole.length * 8) / 6);
    const forms = [whole.toString('base64').slice(from, to), whole.toString('base64url').slice(from, to)];
    return forms.filter((form) => form.length >= shortestBase64);
  });
}
