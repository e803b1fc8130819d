import type { z } from 'zod';
import type { Clock } from '#clock';
import { ForgeError } from '#forge';
import { type Http, jsonOf } from '../http/http.ts';
import { pageLimit, readPages } from '../http/pages.ts';
import type { Answer, Call } from '../http/wire.ts';
import { type Repository, createRepository, fit, prefix } from '../repository.ts';
import { version as versionSchema } from './schema.ts';

type Method = Call['method'];

interface How {
  /** Statuses that are answers besides 2xx. */
  readonly expected?: readonly number[];
  /** In place of the administrator's token. */
  readonly authorization?: string;
}

/** Typed access to everything below `/api/v1`. Paths are relative and already encoded. */
export interface Site {
  version(): Promise<string>;
  /** A Gitea, as against a Forgejo: they name some things differently. */
  isGitea(): Promise<boolean>;
  send(method: Method, path: string, body: unknown, how?: How): Promise<Answer>;
  read<T>(path: string, schema: z.ZodType<T>, how?: How): Promise<T>;
  write<T>(method: Method, path: string, body: unknown, schema: z.ZodType<T>, how?: How): Promise<T>;
  /** Null when the item does not exist. That a forge answers at all is certain then. */
  find<T>(path: string, schema: z.ZodType<T>): Promise<T | null>;
  list<T>(path: string, schema: z.ZodType<T>, idOf: (item: T) => number, how?: How): Promise<readonly T[]>;
  /** Deletes; what is gone already is fine. */
  remove(path: string, how?: How): Promise<void>;
  repository(name: string): Repository;
  /** The same below a repository, which is there certainly then. */
  removeBelow(repository: string, path: string): Promise<void>;
  /** Git and pages, beside the REST interface. */
  get(path: string, how: How): Promise<Answer>;
}

export function createSite(http: Http, clock: Clock): Site {
  let known: Promise<string> | null = null;
  const send: Site['send'] = (method, path, body, { expected = [], authorization } = {}) =>
    http.send({ method, path: `${prefix}/${path}`, body, ...(authorization === undefined ? {} : { authorization }) }, expected);
  const write: Site['write'] = async (method, path, body, schema, how) =>
    fit(schema, jsonOf({ method, path }, await send(method, path, body, how)), `${method} ${path}`);
  const askVersion = async (): Promise<string> => (await write('GET', 'version', null, versionSchema)).version;
  const version = (): Promise<string> => {
    known ??= askVersion().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  return {
    version,
    isGitea: async () => namesGitea(await version()),
    send,
    write,
    read: (path, schema, how) => write('GET', path, null, schema, how),
    find: async (path, schema) => {
      const answer = await send('GET', path, null, { expected: [404] });
      if (answer.status !== 404) return fit(schema, jsonOf({ method: 'GET', path }, answer), `GET ${path}`);
      // A web server that is no forge answers 404 to everything: that must not read as "there is no such account".
      await version();
      return null;
    },
    list: (path, schema, idOf, how) => readPages({ what: `GET ${path}`, counting: 'exact', idOf, read: (page) => readPage(send, path, schema, page, how) }),
    remove: async (path, how) => {
      const answer = await send('DELETE', path, null, { ...how, expected: [404] });
      if (answer.status === 404) await version();
    },
    repository: (name) => createRepository({ name, http, clock }),
    removeBelow: async (name, path) => {
      const repository = createRepository({ name, http, clock });
      const answer = await repository.send('DELETE', path, null, [404]);
      if (answer.status === 404) await repository.send('GET', '', null);
    },
    get: (path, { expected = [], authorization }) =>
      http.send({ method: 'GET', path, body: null, ...(authorization === undefined ? {} : { authorization }) }, expected),
  };
}

/** `1.26.0` and `development` are Giteas; a Forgejo counts from 7 and says `11.0.6+gitea-1.22.0`. */
const namesGitea = (version: string): boolean => /^(?:v?1\.|development)/.test(version) && !version.includes('forgejo');

async function readPage<T>(
  send: Site['send'],
  path: string,
  schema: z.ZodType<T>,
  page: number,
  how: How = {},
): Promise<{ items: readonly T[]; total: number | null }> {
  const answer = await send('GET', `${path}?page=${page}&limit=${pageLimit}`, null, how);
  const json = jsonOf({ method: 'GET', path }, answer);
  if (json !== null && !Array.isArray(json)) throw new ForgeError('malformed', `GET ${path}: unexpected answer, expected a list (check forge.url)`);
  const total = Number(answer.headers['x-total-count'] ?? Number.NaN);
  return { items: (json ?? []).map((each: unknown) => fit(schema, each, `GET ${path}`)), total: Number.isInteger(total) ? total : null };
}

export const basic = (login: string, secret: string): string => `Basic ${Buffer.from(`${login}:${secret}`).toString('base64')}`;
export const piece = encodeURIComponent;
