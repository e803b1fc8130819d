import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gitEnvironment, type Git } from './run.ts';

export interface BackendCall {
  /** Folder that holds `<owner>/<repository>.git`. */
  readonly root: string;
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly protocol: string;
  readonly user: string;
  /** Folder of hooks for this one call, or null: none run. */
  readonly hooks: string | null;
  readonly extra: Readonly<Record<string, string>>;
}

export interface BackendAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** What follows the headers. */
  readonly body: AsyncIterable<Buffer>;
  readonly child: ChildProcess;
}

/** Starts `git http-backend` for one request, feeds it `input` and answers as soon as its headers are there. */
export async function callBackend(git: Git, call: BackendCall, input: Readable): Promise<BackendAnswer> {
  const child = git.start('git', ['http-backend'], environment(call), call.root);
  if (child.stdin === null || child.stdout === null) throw new Error('git http-backend has no pipes');
  child.stderr?.resume();
  // The backend may answer before it read everything (a refusal); the broken pipe then tells nothing new.
  pipeline(input, child.stdin).catch(() => {});
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) throw new Error(`git http-backend ended without an answer for ${call.path}`);
    head = Buffer.concat([head, next.value]);
    const end = head.indexOf('\r\n\r\n');
    if (end !== -1) return { ...parseHeaders(head.toString('latin1', 0, end)), body: rest(head.subarray(end + 4), chunks), child };
    if (head.length > 64 * 1024) throw new Error('git http-backend answered with endless headers');
  }
}

export async function backendEnd(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function environment(call: BackendCall): Record<string, string> {
  return {
    ...gitEnvironment(call.root),
    GIT_PROJECT_ROOT: call.root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: call.path,
    QUERY_STRING: call.query,
    REQUEST_METHOD: call.method,
    REMOTE_USER: call.user,
    REMOTE_ADDR: '127.0.0.1',
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    ...(call.contentType === '' ? {} : { CONTENT_TYPE: call.contentType }),
    ...(call.contentEncoding === '' ? {} : { HTTP_CONTENT_ENCODING: call.contentEncoding }),
    ...(call.protocol === '' ? {} : { GIT_PROTOCOL: call.protocol }),
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_1: 'core.hooksPath',
    GIT_CONFIG_VALUE_1: call.hooks ?? '/dev/null',
    ...call.extra,
  };
}

function parseHeaders(text: string): Pick<BackendAnswer, 'status' | 'headers'> {
  const lines = text.split('\r\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  const status = lines.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  return { status: Number.parseInt(status, 10), headers: lines.filter(([name]) => name.toLowerCase() !== 'status') };
}

async function* rest(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}
