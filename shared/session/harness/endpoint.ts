import type { Endpoint } from './harness.ts';

/**
 * The base URL in the form that clients of an API want it: Anthropic clients append `/v1/messages` themselves, OpenAI clients
 * only what comes after `/v1`. So `https://host` and `https://host/v1` both work for every API.
 */
export function baseUrlOf({ baseUrl, api }: Pick<Endpoint, 'baseUrl' | 'api'>): string {
  const trimmed = baseUrl.replace(/\/+$/, '');
  if (api === 'anthropic') return trimmed.replace(/\/v1$/, '');
  // A path beyond the root is the person's own choice (`/openai/v2`); a bare host gets the usual one.
  return new URL(trimmed).pathname === '/' ? `${trimmed}/v1` : trimmed;
}
