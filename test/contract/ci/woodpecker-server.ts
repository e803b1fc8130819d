import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { page, serve, type Reply, type SeenRequest } from './server.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'woodpecker');
const fixture = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

interface Listed {
  readonly number: number;
  readonly workflows?: unknown;
}

const pipelines = fixture('pipelines.json') as readonly Listed[];
const logs = fixture('logs.json') as Readonly<Record<string, unknown>>;
const repository = fixture('repository.json') as Readonly<Record<string, unknown>>;

export const token = 'wp-token-1234567890';

export interface WoodpeckerState {
  active: boolean;
  /** Newer pipelines of other commits, before those of the fixtures. */
  newer: number;
}

/** Answers as Woodpecker does: what it does not know is its web page with status 200, outside of `/api/repos/{id}`. */
export function woodpecker(state: WoodpeckerState = { active: true, newer: 0 }): (request: SeenRequest) => Reply {
  const other = (i: number): Listed => ({ ...(pipelines[0] as Listed), number: 1000 + i, commit: 'd'.repeat(39) + (i % 10) }) as Listed;
  const all = [...Array.from({ length: state.newer }, (_, i) => other(i)), ...pipelines].toSorted((a, b) => b.number - a.number);
  return (request) => answer(request, all, state);
}

export const serveWoodpecker = (state?: WoodpeckerState): ReturnType<typeof serve> => serve(woodpecker(state));

function answer({ method, path, authorization }: SeenRequest, all: readonly Listed[], { active }: WoodpeckerState): Reply {
  const url = new URL(path, 'http://ci');
  if (!url.pathname.startsWith('/api/')) return page;
  if (authorization !== `Bearer ${token}`) return { status: 401, body: '' };
  const lookup = /^\/api\/repos\/lookup\/(.+)$/.exec(url.pathname)?.[1];
  if (lookup !== undefined) return lookup === 'shop/parcels' ? { status: 200, body: { ...repository, active } } : { status: 404, body: '' };
  const [, kind, number = '', stepId = ''] = /^\/api\/repos\/4\/(pipelines|logs)(?:\/(\d+))?(?:\/(\d+))?$/.exec(url.pathname) ?? [];
  if (kind === 'logs') return stepId in logs ? { status: 200, body: logs[stepId] } : { status: 404, body: '' };
  if (kind !== 'pipelines') return page;
  if (number === '') return { status: 200, body: listPage(all, url.searchParams) };
  const found = all.find((pipeline) => String(pipeline.number) === number);
  if (found === undefined) return { status: 404, body: '' };
  return { status: 200, body: method === 'POST' ? { ...found, number: 99, workflows: undefined } : found };
}

function listPage(all: readonly Listed[], query: URLSearchParams): readonly Listed[] {
  const size = Math.min(Number(query.get('perPage') ?? 50), 50);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  return all.slice(from, from + size).map((pipeline) => ({ ...pipeline, workflows: undefined }));
}
