import type { Caller, ScopeKind } from './auth.ts';
import type { Input } from './fields.ts';
import { notFound, Refused } from './refused.ts';
import { demand, type Access } from './rules/access.ts';
import type { Shape } from './shape/shape.ts';
import { findRepository, type RepositoryRow } from './store/repository.ts';
import type { UserRow } from './store/user.ts';
import type { World } from './world.ts';

/** One request, understood. */
export interface Call {
  readonly world: World;
  readonly shape: Shape;
  readonly caller: Caller | null;
  /** Decoded pieces of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly input: Input;
  /** Path and query as sent, for links between pages. */
  readonly target: string;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
  readonly content?: { readonly type: string; readonly bytes: Buffer | string };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope: ScopeKind;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** Declares a route. In a path `:name` is one piece, `:index` and `:review` a number, `*name` the rest. */
export const route = (scope: ScopeKind, method: string, path: string, handle: Route['handle']): Route => ({ scope, method, path, handle });

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({ status, body, headers });
export const nothing = (status = 204): Answer => ({ status });
export const param = (call: Call, name: string): string => call.params[name] ?? '';

/** The caller, or 401. */
export function needCaller(call: Call): UserRow {
  if (call.caller === null) throw new Refused(401, 'token is required');
  return call.caller.user;
}

/** The repository of the path, if the caller may use it so. */
export function needRepository(call: Call, access: Access): RepositoryRow {
  const repository = findRepository(call.world, param(call, 'owner'), param(call, 'repo'));
  if (repository === undefined) throw notFound();
  demand(call.world, repository, call.caller?.user ?? null, access);
  return repository;
}

const longestPage = 50;

/** Which rows a paged list wants. A `limit` out of range counts as the default. */
export function pageOf(call: Call): { readonly page: number; readonly limit: number; readonly offset: number } {
  const read = (key: string, fallback: number): number => {
    const value = Number(call.query.get(key) ?? fallback);
    return Number.isInteger(value) && value > 0 ? value : fallback;
  };
  const page = read('page', 1);
  const limit = Math.min(read('limit', longestPage), longestPage);
  return { page, limit, offset: (page - 1) * limit };
}

/** A page that was already cut out, with total and links to the others. */
export function pageAnswer(call: Call, rows: readonly unknown[], total: number): Answer {
  const { page, limit } = pageOf(call);
  const last = Math.max(1, Math.ceil(total / limit));
  const link = (to: number, rel: string): string => {
    const url = new URL(call.target, call.shape.origin);
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []), ...(page > 1 ? [link(1, 'first'), link(page - 1, 'prev')] : [])];
  return json(200, rows, { 'X-Total-Count': String(total), ...(links.length === 0 ? {} : { Link: links.join(',') }) });
}

/** Cuts a page out of a whole list, then shapes it. */
export function pagedList<Row>(call: Call, rows: readonly Row[], show: (row: Row) => unknown): Answer {
  const { limit, offset } = pageOf(call);
  return pageAnswer(call, rows.slice(offset, offset + limit).map(show), rows.length);
}

/** A list that the forge does not page. */
export const wholeList = (rows: readonly unknown[]): Answer => json(200, rows, { 'X-Total-Count': String(rows.length) });
