import type { SessionFailure, SessionLimits, Usage } from '#session';

/**
 * A coding-agent CLI. The base runner owns the process, the bounds and the transcript; a harness knows only how to call its
 * CLI and what its lines mean.
 */
export interface Harness {
  readonly id: 'pi' | 'claude';
  /** The APIs that its CLI speaks. */
  readonly apis: readonly Endpoint['api'][];
  /** Where the CLI is. Throws `SessionError` `missing-cli` that names the command which installs it. */
  locate(path: string): Program;
  prepare(request: RunRequest): Preparation;
  /** A new reader for the lines of one run. */
  createReader(): LineReader;
}

/** What starts the CLI: `command args… <arguments of the run>`. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** A model server. `baseUrl` as the person wrote it: with or without `/v1`, the harness gives its CLI the form that it wants. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly api: 'anthropic' | 'openai-chat' | 'openai-responses';
  readonly key: string;
}

export interface RunRequest {
  readonly workspace: string;
  /** A folder of this session alone: HOME, and the CLI's own files. */
  readonly home: string;
  readonly prompt: string;
  readonly conversation: { readonly id: string; readonly resume: boolean };
  readonly model: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly prices: Prices | null;
  readonly endpoint: Endpoint;
  readonly limits: SessionLimits;
  /** Variables of the host that the session may see; PATH is one of them. */
  readonly env: Readonly<Record<string, string>>;
}

/** US dollars per million tokens. */
export interface Prices {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

export interface Preparation {
  /** The prompt is not among them: it is standard input, so that no process list shows it and no argument limit cuts it. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Written under `home` before the start, readable by us alone. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LineReader {
  /** Events of one line of standard output; a line that means nothing (or is no JSON) has none. */
  read(line: string): readonly HarnessEvent[];
  /** How the conversation ended by what was read; null when the CLI went away without saying. */
  judge(): Judgement | null;
}

export type HarnessEvent =
  | { readonly kind: 'started' }
  /** A call of the model begins. */
  | { readonly kind: 'turn' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly id: string; readonly does: 'edit' | 'execute' | 'read' | 'other'; readonly name: string; readonly detail: string }
  | { readonly kind: 'tool-end'; readonly id: string; readonly ok: boolean }
  /** Tokens of one finished call. `input` counts what was written to the cache, not what was read from it. */
  | { readonly kind: 'usage'; readonly input: number; readonly output: number; readonly cached: number }
  | { readonly kind: 'retry'; readonly attempt: number; readonly status: number | null };

export interface Judgement {
  readonly end: { readonly ok: true } | { readonly ok: false; readonly error: SessionFailure; readonly why: string };
  /** The last message of the model. */
  readonly text: string;
  /** Cost as the CLI says, or null. */
  readonly usd: number | null;
}

export interface HarnessResult {
  readonly end: Judgement['end'] | { readonly ok: false; readonly error: 'cancelled'; readonly why: string };
  readonly text: string;
  readonly usage: Usage;
  readonly turns: number;
}
