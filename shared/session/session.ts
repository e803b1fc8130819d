import type { ZodType } from 'zod';

/**
 * Runs conversations with a coding agent. Owns: the backend slot, the per-run key, an environment built from nothing, a HOME
 * of its own, closed stdin, the process tree and its end, wall/idle/turn/token/cost bounds, the transcript, masking of secrets,
 * the validated answer with one repair try. Never throws for what a model or CLI does: that is a `SessionResult`.
 * Throws `SessionError` only when sessions cannot run at all (no CLI, unwritable disk).
 */
export interface Sessions {
  run<T>(request: SessionRequest<T>): Promise<SessionResult<T>>;
}

export interface SessionRequest<T> {
  readonly run: string;
  readonly agent: string;
  /** implement, fix-checks, address-review, resolve-conflict, review, … */
  readonly task: string;
  readonly subject: { readonly project: string; readonly issue: number; readonly title: string; readonly pullRequest: number | null };
  readonly workspace: string;
  /** Folders beside the workspace that it reads, and nothing else of what is ours. */
  readonly reads: readonly string[];
  readonly prompt: string;
  /** Shape of the JSON document the session must end with. */
  readonly answer: ZodType<T>;
  readonly limits: SessionLimits;
  readonly signal: AbortSignal;
  /** Lines for the timeline: what the agent is doing now. */
  readonly onProgress?: (progress: SessionProgress) => void;
}

export interface SessionLimits {
  readonly turns: number;
  readonly tokens: number;
  readonly usd: number | null;
  readonly wallSeconds: number;
  readonly idleSeconds: number;
}

export type SessionProgress =
  | { readonly kind: 'started'; readonly model: string }
  | { readonly kind: 'tool'; readonly name: string; readonly detail: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'retry'; readonly attempt: number; readonly status: number | null };

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly usd: number | null;
}

export type SessionFailure =
  | 'auth'
  | 'rate'
  | 'overload'
  | 'network'
  | 'context'
  | 'protocol'
  | 'turns'
  | 'usd'
  | 'tokens'
  | 'wall'
  | 'idle'
  | 'spawn'
  | 'crash'
  | 'answer';

export type SessionResult<T> = {
  readonly session: string;
  readonly usage: Usage;
  readonly transcript: string;
  readonly seconds: number;
} & (
  | { readonly kind: 'answered'; readonly answer: T }
  /** It ran and did not end with a valid answer. `why` is one line for people. */
  | { readonly kind: 'failed'; readonly error: SessionFailure; readonly why: string }
  /** Stopped by our own signal (shutdown): nobody's failure. */
  | { readonly kind: 'cancelled' }
  /** No session was started: all slots of the backend are in use, or the budget for today is spent. */
  | { readonly kind: 'busy'; readonly why: string }
);

export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly kind: 'missing-cli' | 'disk' | 'config';
  constructor(kind: SessionError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}
