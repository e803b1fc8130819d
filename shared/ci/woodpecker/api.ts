import type { z } from 'zod';
import { CiError } from '#ci';
import { logSchema, pipelineSchema, pipelinesSchema, repositorySchema } from './schema.ts';
import type { ListedPipeline, LogEntries, Pipeline } from './schema.ts';

/** Asks the server and gives the JSON of an answer that went well. Throws `CiError`. */
export interface AskWoodpecker {
  json(method: 'GET' | 'POST', path: string): Promise<unknown>;
}

/** The calls of Woodpecker's API that we need, on one repository. */
export interface WoodpeckerApi {
  /** Newest first, page by page until the caller stops; at most the newest 1000. */
  pipelines(): AsyncIterable<ListedPipeline>;
  pipeline(number: number): Promise<Pipeline>;
  /** Lines of a step by its database id, in the order they came. */
  log(pipeline: number, stepId: number): Promise<LogEntries>;
  restart(number: number): Promise<void>;
}

/** Woodpecker gives at most this many at a time, whatever is asked for. */
const pageSize = 50;
const mostPages = 20;

/** `repository`: `owner/name`. */
export function createWoodpeckerApi(http: AskWoodpecker, repository: string): WoodpeckerApi {
  const read = async <T>(schema: z.ZodType<T>, path: string): Promise<T> => {
    const parsed = schema.safeParse(await http.json('GET', path));
    if (!parsed.success)
      throw new CiError('malformed', `Woodpecker answered GET ${path} in a shape we do not know: ${parsed.error.issues[0]?.message ?? ''}`, parsed.error);
    return parsed.data;
  };
  const base = remember(async () => `/api/repos/${await findRepository(read, repository)}`);
  return {
    pipelines: async function* () {
      const root = await base();
      for (let page = 1; page <= mostPages; page += 1) {
        const listed = (await read(pipelinesSchema, `${root}/pipelines?page=${page}&perPage=${pageSize}`)) ?? [];
        yield* listed.toSorted((a, b) => b.number - a.number);
        if (listed.length < pageSize) return;
      }
    },
    pipeline: async (number) => read(pipelineSchema, `${await base()}/pipelines/${number}`),
    log: async (pipeline, stepId) => read(logSchema, `${await base()}/logs/${pipeline}/${stepId}`),
    // No body and no query: parameters would become variables of the new pipeline, and `event` would make it a deployment.
    restart: async (number) => void (await http.json('POST', `${await base()}/pipelines/${number}`)),
  };
}

async function findRepository(read: <T>(schema: z.ZodType<T>, path: string) => Promise<T>, repository: string): Promise<number> {
  const missing = (cause?: unknown): CiError =>
    new CiError('config', `Woodpecker does not run ${repository}, or our token may not see it: activate the repository in Woodpecker`, cause);
  const path = `/api/repos/lookup/${repository.split('/').map(encodeURIComponent).join('/')}`;
  const found = await read(repositorySchema, path).catch((error: unknown) => {
    throw error instanceof CiError && error.kind === 'not-found' ? missing(error) : error;
  });
  if (found.active === false) throw missing();
  return found.id;
}

/** Keeps an answer, but no failure. */
function remember<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
