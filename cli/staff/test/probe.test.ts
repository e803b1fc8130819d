import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../shared/clock/system.ts';
import type { Backend } from '../hire/backend.ts';
import { probeModel } from '../hire/probe.ts';

const running: Server[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disinto-probe-'));
});
afterEach(() => {
  for (const server of running.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A server that lists models below `/v1`, to whoever knows the key, if it wants one. */
async function serve(models: readonly string[] | null, key: string | null = null): Promise<string> {
  const server = createServer((request, response) => {
    const knows = key === null || request.headers.authorization === `Bearer ${key}` || request.headers['x-api-key'] === key;
    const found = models !== null && request.url?.startsWith('/v1/models') === true;
    response.writeHead(knows ? (found ? 200 : 404) : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: (models ?? []).map((id) => ({ id })) }));
  });
  running.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const backend = (baseUrl: string, more: Partial<Backend> = {}): Backend => ({
  harness: 'pi',
  baseUrl,
  api: 'openai-chat',
  model: null,
  keyFile: null,
  ...more,
});
const probe = (...args: Parameters<typeof backend>): Promise<string> => probeModel(backend(...args), systemClock);

it('takes the only model, and the one that was named; a host alone is asked below /v1', async () => {
  const url = await serve(['m']);
  expect(await probe(url)).toBe('m');
  expect(await probe(`${url}/v1`, { model: 'm' })).toBe('m');
  expect(await probe(url, { model: 'm', api: 'anthropic', harness: 'claude' })).toBe('m');
  expect(await probe(await serve(['llama3.1:latest', 'x']), { model: 'llama3.1' })).toBe('llama3.1');
});

it('says what there is when none was named or another one', async () => {
  const url = await serve(['qwen3-coder', 'llama3']);
  await expect(probe(url)).rejects.toThrow('serves 2 models: say which with --model (qwen3-coder, llama3)');
  await expect(probe(url, { model: 'qwen3-codr' })).rejects.toThrow('has no model qwen3-codr; did you mean `qwen3-coder`?');
  await expect(probe(await serve([]))).rejects.toThrow('serves no model');
});

it('shows the key that it was given, and says when it is missing or refused', async () => {
  const url = await serve(['m'], 'k-1234567890');
  const keyFile = join(folder, 'key');
  await expect(probe(url, { model: 'm' })).rejects.toThrow('wants a key: name its file with --key-file');
  writeFileSync(keyFile, 'k-1234567890\n', { mode: 0o600 });
  expect(await probe(url, { model: 'm', keyFile })).toBe('m');
  expect(await probe(url, { model: 'm', keyFile, api: 'anthropic' })).toBe('m');
  writeFileSync(keyFile, 'wrong\n');
  await expect(probe(url, { model: 'm', keyFile })).rejects.toThrow(`refuses the key in ${keyFile}`);
});

it('says that there is no such server', async () => {
  await expect(probe(await serve(null), { model: 'm' })).rejects.toThrow('does not list models (status 404)');
  const url = await serve(['m']);
  await new Promise((done) => running.at(-1)?.close(done));
  await expect(probe(url, { model: 'm' })).rejects.toThrow(/cannot be reached \(.*ECONNREFUSED/);
});
