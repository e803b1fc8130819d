import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { authenticate, demandScope } from './auth.ts';
import type { Input } from './fields.ts';
import { invalid, notFound, Refused } from './refused.ts';
import type { Answer } from './route.ts';
import { findRoute } from './routes.ts';
import { demandNotArchived, movedTo } from './rules/standing.ts';
import { parseGitPath, serveGit } from './smart-http.ts';
import type { World } from './world.ts';

const largestBody = 16 * 1024 * 1024;

/** Answers every request: REST below `/api/v1`, git's smart protocol, and a health check. */
export function createListener(world: World): RequestListener {
  return (request, response) => {
    // A forge has one clock: what it writes and what its headers say agree.
    response.setHeader('date', world.clock.now().toUTCString());
    answerRequest(world, request, response).catch((error: unknown) => fail(world, request, response, error));
  };
}

async function answerRequest(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = `http://${request.headers.host ?? ''}`;
  const origin = URL.canParse(asked) ? asked : world.url();
  const url = new URL(request.url ?? '/', origin);
  if (url.pathname === '/api/healthz') {
    send(response, { status: 200, body: { status: 'pass', description: 'disinto embedded forge' } });
    return;
  }
  const git = parseGitPath(url.pathname);
  if (git !== null) {
    await serveGit(world, git, url, await authenticate(world, request.headers.authorization), request, response);
    return;
  }
  if (!url.pathname.startsWith('/api/v1/')) throw notFound('only /api/v1 and git repositories are served here');
  send(response, await answerApi(world, url, origin, request));
}

async function answerApi(world: World, url: URL, origin: string, request: IncomingMessage): Promise<Answer> {
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const found = findRoute(method, url.pathname.slice('/api/v1'.length));
  const caller = await authenticate(world, request.headers.authorization);
  const input = method === 'GET' ? {} : await readInput(request);
  if (found === null) throw notFound(`no such route: ${method} ${url.pathname}`);
  demandScope(caller, found.route.scope, method !== 'GET');
  const moved = movedTo(world, url.pathname + url.search, found.params);
  if (moved !== null) return { status: 301, headers: { Location: moved } };
  demandNotArchived(world, method, found.route.path, found.params);
  const shape = { world, origin, viewer: caller?.user ?? null };
  return found.route.handle({ world, shape, caller, params: found.params, query: url.searchParams, input, target: request.url ?? '/' });
}

async function readInput(request: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Refused(413, `a request may have ${largestBody} bytes at most`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  } catch {
    // Told to the caller below, like any body that is not an object.
  }
  throw invalid('the body must be a JSON object');
}

function send(response: ServerResponse, answer: Answer): void {
  const body = answer.content?.bytes ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const type = answer.content?.type ?? 'application/json;charset=utf-8';
  response.writeHead(answer.status, {
    ...(answer.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    ...(body.length === 0 ? {} : { 'Content-Type': type }),
    ...answer.headers,
  });
  response.end(body);
}

function fail(world: World, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const refused = error instanceof Refused ? error : null;
  const full = isDiskFull(error);
  // A caller that went away in the middle is no fault of ours. The request itself counts as destroyed once its body was read.
  if (refused === null && !request.socket.destroyed) world.log.error({ method: request.method, path: request.url, error }, 'forge request failed');
  // An answer that has begun cannot become an error: cutting it off tells the caller that it is not whole.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  request.resume();
  const why = full ? 'the disk of the forge is full: free some space there, then try again' : 'internal error: see the log of the forge';
  const body = { message: refused?.message ?? why, url: `${world.url()}/api/swagger` };
  const ask = refused?.status === 401 ? { 'WWW-Authenticate': 'Basic realm="forge", charset="UTF-8"' } : {};
  send(response, { status: refused?.status ?? (full ? 507 : 500), body, headers: ask });
}

/** As the system, SQLite and git say it. */
function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|Disk quota exceeded|disk is full/.test(error.message) || isDiskFull(error.cause);
}
