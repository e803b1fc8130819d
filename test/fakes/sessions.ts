import { mkdir, writeFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionFailure, SessionRequest, SessionResult, Sessions } from '#session';

/** What a session of a test does: files it leaves in its workspace (null deletes), then how it ends. */
export interface Play {
  readonly files?: Readonly<Record<string, string | null>>;
  /** Anything else it does, with the path of its workspace, before it ends. */
  readonly act?: (workspace: string) => void | Promise<void>;
  readonly answer?: unknown;
  readonly fails?: { readonly error: SessionFailure; readonly why: string };
  readonly ends?: 'cancelled' | 'busy';
}

/** What a session does, or what it does when it sees its request. */
export type Script = Play | ((request: SessionRequest<unknown>) => Play);

export interface FakeSessions extends Sessions {
  /** The next sessions of this task, in order; the last play is repeated. */
  script(task: string, ...plays: readonly Script[]): void;
  /** Every request so far. */
  readonly asked: readonly SessionRequest<unknown>[];
  /** Prompts of the sessions of one task. */
  prompts(task: string): readonly string[];
}

/** Sessions without a model: everything that a session may do to the world is done for real, in its real workspace. */
export function createFakeSessions(): FakeSessions {
  const plays = new Map<string, Script[]>();
  const asked: SessionRequest<unknown>[] = [];
  return {
    script: (task, ...list) => void plays.set(task, [...list]),
    asked,
    prompts: (task) => asked.filter((request) => request.task === task).map((request) => request.prompt),
    async run(request) {
      asked.push(request);
      const queue = plays.get(request.task) ?? [];
      const script = queue.length > 1 ? queue.shift() : queue[0];
      const play = typeof script === 'function' ? script(request) : script;
      if (play === undefined) throw new Error(`no play for a session of the task ${request.task} on #${request.subject.issue}`);
      for (const [path, text] of Object.entries(play.files ?? {})) await write(join(request.workspace, path), text);
      await play.act?.(request.workspace);
      return endOf(play, request, asked.length);
    },
  };
}

async function write(path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function endOf<T>(play: Play, request: SessionRequest<T>, count: number): SessionResult<T> {
  const about = { session: `session-${count}`, usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0, usd: null }, transcript: '', seconds: 0 };
  if (play.fails !== undefined) return { ...about, kind: 'failed', ...play.fails };
  if (play.ends === 'cancelled') return { ...about, kind: 'cancelled' };
  if (play.ends === 'busy') return { ...about, kind: 'busy', why: 'all slots are in use' };
  return { ...about, kind: 'answered', answer: request.answer.parse(play.answer) };
}
