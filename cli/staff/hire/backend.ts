import { isAbsolute, join, relative } from 'node:path';
import type { BackendConfig, Config } from '#config';
import type { ConfigValue } from '../../../shared/config/edit/value.ts';
import { hint } from '../../../shared/config/suggest.ts';
import { CliError } from '../../command.ts';
import { familyOf, freeName } from './name.ts';

/** What was said on the command line; null: nothing. */
export interface BackendWish {
  /** A kind, or the name of a table of the file. */
  readonly word: string;
  readonly url: string | null;
  readonly model: string | null;
  readonly harness: 'pi' | 'claude' | null;
  /** Absolute. */
  readonly keyFile: string | null;
}

/** A backend as it will be; `model` null: whoever serves it has to say what it has. */
export interface Backend {
  readonly harness: BackendConfig['harness'];
  readonly baseUrl: string;
  readonly api: BackendConfig['api'];
  readonly model: string | null;
  /** Absolute, or null when the server asks for no key. */
  readonly keyFile: string | null;
}

/** A kind of backend: what is usual there. */
interface Kind {
  readonly baseUrl: string | null;
  readonly harness: BackendConfig['harness'];
  readonly api: BackendConfig['api'];
  readonly model: string | null;
  readonly keyFile: string | null;
}

const openModel: Kind = { baseUrl: null, harness: 'pi', api: 'openai-chat', model: null, keyFile: null };

const kinds: Readonly<Record<string, Kind>> = {
  anthropic: { baseUrl: 'https://api.anthropic.com', harness: 'claude', api: 'anthropic', model: 'claude-sonnet-4-5', keyFile: 'secrets/anthropic.key' },
  openai: { baseUrl: 'https://api.openai.com/v1', harness: 'pi', api: 'openai-responses', model: null, keyFile: 'secrets/openai.key' },
  llama: openModel,
  ollama: { ...openModel, baseUrl: 'http://127.0.0.1:11434/v1' },
  'openai-compatible': openModel,
};

/** `table`: the name of one that is there and is exactly this, or null. Throws `CliError` for a word that means nothing here. */
export function resolveBackend(wish: BackendWish, config: Config, folder: string): { readonly backend: Backend; readonly table: string | null } {
  const named = Object.hasOwn(config.backends, wish.word) ? config.backends[wish.word] : undefined;
  const kind = Object.hasOwn(kinds, wish.word) ? kinds[wish.word] : undefined;
  const usual = named ?? (kind === undefined ? null : fromKind(kind, wish, folder));
  if (usual === null) {
    const known = [...new Set([...Object.keys(config.backends), ...Object.keys(kinds)])];
    throw new CliError(`there is no backend ${wish.word}; ${hint(wish.word, known)} (of the file, or llama with --url)`, 2);
  }
  const backend = withWish(usual, wish);
  const tables = Object.entries(config.backends).toSorted(([a], [b]) => Number(b === wish.word) - Number(a === wish.word));
  return { backend, table: tables.find(([, table]) => isSame(table, backend))?.[0] ?? null };
}

function fromKind(kind: Kind, { word, url }: BackendWish, folder: string): Backend {
  const baseUrl = url ?? kind.baseUrl;
  if (baseUrl === null) throw new CliError(`disinto hire ${word}: say where it is served, with --url, such as --url http://127.0.0.1:8080/v1`, 2);
  // The usual key belongs to the usual place.
  const keyFile = kind.keyFile === null || (url !== null && url !== kind.baseUrl) ? null : join(folder, kind.keyFile);
  return { ...kind, baseUrl, keyFile };
}

function withWish(usual: Backend, { url, model, harness, keyFile }: BackendWish): Backend {
  const moved = url !== null && trimmed(url) !== trimmed(usual.baseUrl);
  const api = harness === null || harness === usual.harness ? usual.api : harness === 'claude' ? 'anthropic' : usual.api;
  return {
    harness: harness ?? usual.harness,
    baseUrl: url ?? usual.baseUrl,
    api,
    model: model ?? (moved ? null : usual.model),
    keyFile: keyFile ?? (moved ? null : usual.keyFile),
  };
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');

function isSame(table: BackendConfig, wanted: Backend): boolean {
  const place = trimmed(table.baseUrl) === trimmed(wanted.baseUrl) && table.keyFile === wanted.keyFile;
  return place && table.harness === wanted.harness && table.api === wanted.api && table.model === wanted.model;
}

/** A name for a new table: the word, with the model's family when that is taken, with a number when both are. */
export function tableName(word: string, model: string, config: Config): string {
  if (!Object.hasOwn(config.backends, word)) return word;
  const withFamily = `${word}-${familyOf(model)}`;
  return Object.hasOwn(config.backends, withFamily) ? freeName(withFamily, new Set(Object.keys(config.backends))) : withFamily;
}

/** The table as it is written; paths below the file's folder are relative to it. */
export function backendTable({ harness, baseUrl, api, model, keyFile }: Backend & { readonly model: string }, folder: string): ConfigValue {
  return { harness, 'base-url': baseUrl, api, model, ...(keyFile === null ? {} : { 'key-file': shortPath(keyFile, folder) }) };
}

/** A path from the folder of the file, where it lies below it. */
export function shortPath(path: string, folder: string): string {
  const short = relative(folder, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
