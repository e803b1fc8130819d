import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LogStore } from './run/log-store.ts';

export interface HttpDeps {
  readonly logs: LogStore;
  /** The forge says that something happened; nothing of what it says is believed, the forge is asked. */
  readonly wake: () => void;
  /** Runs contexts of a commit again; null when CI does not know them. */
  readonly rerun: (sha: string, contexts: readonly string[]) => Promise<readonly string[] | null>;
  /** Bearer token that re-runs need, or null for none. */
  readonly rerunToken: string | null;
  /** Secret that signs webhooks, or null when they are not signed. */
  readonly webhookSecret: string | null;
}

interface Answer {
  readonly status: number;
  /** Text is sent as text, anything else as JSON. */
  readonly body: unknown;
}

const maxBodyBytes = 4 * 1024 * 1024;
const tailLines = 200;
const rerunSchema = z.object({ sha: z.string(), contexts: z.array(z.string()).min(1) });

/** The CI's HTTP face: `POST /ci/webhook`, `GET /api/logs?sha=&context=`, `POST /api/rerun`, `GET /logs/<sha>/<context>` for people. */
export function createHttp(deps: HttpDeps): Server {
  return createServer((request, response) => {
    answer(deps, request).then(
      (result) => send(response, result),
      (error: unknown) => send(response, troubleWith(error)),
    );
  });
}

/** A forge that is away passes; whoever asked comes again. */
function troubleWith(error: unknown): Answer {
  const passing = error instanceof Error && 'kind' in error && (error.kind === 'unavailable' || error.kind === 'rate-limited');
  if (passing) return { status: 503, body: { error: 'CI waits for the forge; ask again later' } };
  return { status: 500, body: { error: 'CI could not answer; its log says why' } };
}

async function answer(deps: HttpDeps, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://ci');
  if (request.method === 'GET') {
    if (url.pathname === '/api/logs') return failedSteps(deps.logs, url.searchParams.get('sha') ?? '', url.searchParams.get('context') ?? '');
    const page = /^\/logs\/([0-9a-f]+)\/(.+)$/.exec(url.pathname);
    return page === null ? notFound : wholeLog(deps.logs, page[1] ?? '', decodeURIComponent(page[2] ?? ''));
  }
  const body = await readBody(request);
  if (body === null) return { status: 413, body: { error: 'too large' } };
  if (request.method === 'POST' && url.pathname === '/ci/webhook') return webhook(deps, request, body);
  if (request.method === 'POST' && url.pathname === '/api/rerun') return rerun(deps, request, body);
  return notFound;
}

const notFound: Answer = { status: 404, body: { error: 'not found' } };

async function failedSteps(logs: LogStore, sha: string, context: string): Promise<Answer> {
  const record = await logs.find(sha, context);
  if (record === null) return notFound;
  const failed = record.steps.filter((step) => step.result === 'failed');
  const steps = await Promise.all(
    failed.map(async ({ name, kind, exitCode, signal, ended, ...step }) => {
      const log = (await logs.read(sha, context, { name, kind, exitCode, signal, ended, ...step })).split('\n').slice(-tailLines).join('\n');
      return { name, kind, exitCode, signal, ended, log };
    }),
  );
  return { status: 200, body: { sha, context, state: record.state, description: record.description, steps } };
}

async function wholeLog(logs: LogStore, sha: string, context: string): Promise<Answer> {
  const record = await logs.find(sha, context);
  if (record === null) return notFound;
  const parts = await Promise.all(
    record.steps.map(
      async (step) =>
        `── ${step.name}: ${step.result}${step.exitCode === null ? '' : `, exit code ${step.exitCode}`}, ${step.seconds.toFixed(1)} s\n${await logs.read(sha, context, step)}\n`,
    ),
  );
  return { status: 200, body: `${context} on ${sha}: ${record.description}\n\n${parts.join('\n')}` };
}

function webhook(deps: HttpDeps, request: IncomingMessage, body: Buffer): Answer {
  const signature = String(request.headers['x-gitea-signature'] ?? request.headers['x-forgejo-signature'] ?? '');
  if (deps.webhookSecret !== null && !same(signature, createHmac('sha256', deps.webhookSecret).update(body).digest('hex'))) {
    return { status: 401, body: { error: 'the signature does not fit' } };
  }
  const event = String(request.headers['x-gitea-event'] ?? request.headers['x-forgejo-event'] ?? '');
  if (event === '' || event === 'push' || event === 'delete' || event.startsWith('pull_request')) deps.wake();
  return { status: 202, body: { ok: true } };
}

async function rerun(deps: HttpDeps, request: IncomingMessage, body: Buffer): Promise<Answer> {
  if (deps.rerunToken !== null && !same(String(request.headers.authorization ?? ''), `Bearer ${deps.rerunToken}`))
    return { status: 401, body: { error: 'a re-run needs the CI token' } };
  const parsed = rerunSchema.safeParse(parseJson(body));
  if (!parsed.success) return { status: 400, body: { error: 'expected {"sha": "…", "contexts": ["…"]}' } };
  const started = await deps.rerun(parsed.data.sha, parsed.data.contexts);
  return started === null ? { status: 404, body: { error: 'no open work has this commit and these contexts' } } : { status: 202, body: { contexts: started } };
}

function same(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHmac('sha256', 'compare').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks) : null;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = typeof body === 'string';
  response.writeHead(status, { 'content-type': text ? 'text/plain; charset=utf-8' : 'application/json', 'x-content-type-options': 'nosniff' });
  response.end(text ? body : JSON.stringify(body));
}
