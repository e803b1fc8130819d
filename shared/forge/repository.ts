import { z } from 'zod';
import type { Clock } from '#clock';
import { ForgeError } from '#forge';
import { type Http, jsonOf } from './http/http.ts';
import { type Counting, pageLimit, readPages } from './http/pages.ts';
import type { Answer, Call } from './http/wire.ts';

type Query = Readonly<Record<string, string>>;
type Method = Call['method'];

/** Typed access to the paths below one repository. `path` is relative and already encoded, for example `issues/7`. */
export interface Repository {
  readonly name: string;
  read<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** Runs `read`, something below an issue or pull request. Where the forge says 500 and the item does not exist, that is `not-found`. */
  below<T>(item: number, read: () => Promise<T>): Promise<T>;
  /** Null when the item does not exist. That the repository itself is visible is certain then. */
  find<T>(path: string, schema: z.ZodType<T>): Promise<T | null>;
  list<T>(path: string, schema: z.ZodType<T>, how: Listing<T>): Promise<readonly T[]>;
  /** One request, no paging. */
  listWhole<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<readonly T[]>;
  write<T>(method: Method, path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** Deletes the item; one that is gone is fine. That the repository itself is visible is certain then. */
  remove(path: string): Promise<void>;
  send(method: Method, path: string, body: unknown, expected?: readonly number[]): Promise<Answer>;
  /** Reads an answer that `send` returned. */
  parse<T>(method: Method, path: string, answer: Answer, schema: z.ZodType<T>): T;
}

interface Listing<T> {
  readonly query?: Query;
  readonly counting: Counting;
  readonly idOf: (item: T) => number;
}

/** For this long after any success below the repository a 404 is about the item, not about the repository. */
const trustMs = 30_000;

export const prefix = '/api/v1';

export function createRepository({ name, http, clock }: { readonly name: string; readonly http: Http; readonly clock: Clock }): Repository {
  const base = `${prefix}/repos/${name.split('/').map(encodeURIComponent).join('/')}`;
  let seenAt: number | null = null;

  const send = async (method: Method, path: string, body: unknown, expected: readonly number[] = []): Promise<Answer> => {
    const answer = await http.send({ method, path: path === '' ? base : `${base}/${path}`, body }, expected);
    if (answer.status >= 300) return answer;
    // Where an empty body is the answer, the status would be believed to whatever stands in front of the forge.
    if (/^text\/html/i.test(String(answer.headers['content-type'] ?? ''))) throw malformed(`${method} ${path}`, 'a web page');
    seenAt = clock.monotonic();
    return answer;
  };
  const parse = <T>(method: Method, path: string, answer: Answer, schema: z.ZodType<T>): T =>
    fit(schema, jsonOf({ method, path }, answer), `${method} ${path}`);
  const write = async <T>(method: Method, path: string, body: unknown, schema: z.ZodType<T>): Promise<T> =>
    parse(method, path, await send(method, path, body), schema);
  /** A repository that we may no longer see answers 404 to everything: that must not read as "the issue is gone". */
  const beCertain = async (): Promise<void> => {
    if (seenAt === null || clock.monotonic() - seenAt > trustMs) await send('GET', '', null);
  };
  const find = async <T>(path: string, schema: z.ZodType<T>): Promise<T | null> => {
    const answer = await send('GET', path, null, [404]);
    if (answer.status !== 404) return parse('GET', path, answer, schema);
    await beCertain();
    return null;
  };
  const readPage = async <T>(path: string, schema: z.ZodType<T>, query: Query): Promise<{ items: readonly T[]; total: number | null }> => {
    const asked = Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query).toString()}`;
    const answer = await send('GET', asked, null);
    const json = jsonOf({ method: 'GET', path }, answer);
    // A list without entries is `null` on some versions.
    if (json !== null && !Array.isArray(json)) throw malformed(`GET ${path}`, 'expected a list');
    return { items: (json ?? []).map((each: unknown, index: number) => fit(schema, each, `GET ${path} [${index}]`)), total: totalOf(answer) };
  };
  return {
    name,
    send,
    parse,
    write,
    find,
    below: (item, read) => below(read, () => find(`issues/${item}`, z.unknown()), `there is no issue or pull request #${item} in ${name}`),
    remove: async (path) => {
      const { status } = await send('DELETE', path, null, [404]);
      if (status === 404) await beCertain();
    },
    read: (path, schema) => write('GET', path, null, schema),
    listWhole: async (path, schema, query = {}) => (await readPage(path, schema, query)).items,
    list: (path, schema, how) =>
      readPages({
        what: `GET ${path}`,
        counting: how.counting,
        idOf: how.idOf,
        read: (page) => readPage(path, schema, { ...how.query, page: String(page), limit: String(pageLimit) }),
      }),
  };
}

/** Gitea and Forgejo answer 500, not 404, for the comments and the timeline of an item that is not there. */
async function below<T>(read: () => Promise<T>, findItem: () => Promise<unknown>, absent: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ForgeError) || error.status !== 500 || (await findItem()) !== null) throw error;
    throw new ForgeError('not-found', absent, { status: 404, cause: error });
  }
}

/** Checks an answer against the fields we read. Throws `ForgeError` malformed with the path of the first field that does not fit. */
export function fit<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw malformed(what, `${first?.path.join('.') || 'answer'}: ${first?.message ?? 'does not fit'}`);
}

const malformed = (what: string, why: string): ForgeError =>
  new ForgeError('malformed', `${what}: unexpected answer, ${why} (check forge.url and the version of the forge)`);

function totalOf(answer: Answer): number | null {
  const text = answer.headers['x-total-count'];
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : null;
}
