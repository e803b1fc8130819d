import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Clock } from '#clock';
import { readSecretFile } from '../../../shared/config/secret.ts';
import { hint } from '../../../shared/config/suggest.ts';
import { baseUrlOf } from '../../../shared/session/harness/endpoint.ts';
import { CliError } from '../../command.ts';
import type { Backend } from './backend.ts';

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
const seconds = 15;

/** Nothing answers there: whether the model exists is not known. */
export class UnreachableError extends CliError {}

/** Asks the server which models it has and checks the one that is wanted; with a single one, none need be named. Throws `CliError`. */
export async function probeModel(backend: Backend, clock: Clock): Promise<string> {
  const models = await listModels(backend, clock);
  const { model, baseUrl } = backend;
  if (model === null) {
    const [only, ...others] = models;
    if (only !== undefined && others.length === 0) return only;
    throw new CliError(
      `${baseUrl} serves ${models.length === 0 ? 'no model' : `${models.length} models`}: say which with --model${models.length === 0 ? '' : ` (${some(models)})`}`,
      2,
    );
  }
  // Servers that have tags take a name without one as the latest.
  if (models.includes(model) || models.includes(`${model}:latest`)) return model;
  throw new CliError(`${baseUrl} has no model ${model}; ${models.length > 8 ? `it has ${some(models)}` : hint(model, models)}`, 2);
}

const some = (models: readonly string[]): string => (models.length <= 8 ? models.join(', ') : `${models.slice(0, 8).join(', ')}, …`);

async function listModels(backend: Backend, clock: Clock): Promise<readonly string[]> {
  const base = baseUrlOf(backend);
  const address = backend.api === 'anthropic' ? `${base}/v1/models?limit=1000` : `${base}/models`;
  const response = await ask(address, backend, clock);
  if (response.status === 401 || response.status === 403) {
    const what = backend.keyFile === null ? 'wants a key: name its file with --key-file' : `refuses the key in ${backend.keyFile}`;
    throw new CliError(`${backend.baseUrl} ${what}`);
  }
  const models = listSchema.safeParse(response.body);
  if (response.status === 200 && models.success) return models.data.data.map(({ id }) => id);
  throw new CliError(
    `${address} does not list models (status ${response.status}); check --url. If the server cannot list them, write a [backends.<name>] table into disinto.toml and hire with its name`,
  );
}

async function ask(address: string, { api, keyFile }: Backend, clock: Clock): Promise<{ readonly status: number; readonly body: unknown }> {
  const key = keyFile === null || !existsSync(keyFile) ? null : readSecretFile(keyFile);
  const headers = key === null ? {} : api === 'anthropic' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` };
  const stop = new AbortController();
  const cancel = clock.after(seconds * 1000, () => stop.abort(new Error(`no answer within ${seconds} s`)));
  try {
    const response = await fetch(address, { headers: { ...headers, 'anthropic-version': '2023-06-01' }, signal: stop.signal });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch (error) {
    const why = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    throw new UnreachableError(`${address} cannot be reached (${why}); check --url and that the server runs`, 1, error);
  } finally {
    cancel();
  }
}
