import type { Schedule } from '#schedule';

/** The validated `disinto.toml`. One zod schema makes it; every problem is reported at once. */
export interface Config {
  readonly instance: { readonly name: string; /** Absolute; ledger, stores, workspaces, transcripts live here. */ readonly data: string };
  readonly forge: ForgeConfig;
  readonly projects: Readonly<Record<string, ProjectConfig>>;
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly backends: Readonly<Record<string, BackendConfig>>;
  readonly session: { /** Names of host variables that sessions and CI may see, besides PATH and LANG. */ readonly env: readonly string[] };
  readonly webhook: {
    readonly listen: string;
    readonly secretFile: string | null;
    /** Address that the forge posts to, when it is not `listen`. */ readonly url: string | null;
  } | null;
}

export interface ForgeConfig {
  readonly url: string;
  /** `disinto start` serves the forge itself, at `url`. */
  readonly embedded: boolean;
  readonly timeoutSeconds: number;
}

export interface ProjectConfig {
  readonly name: string;
  /** `owner/name` on the forge. */
  readonly repository: string;
  readonly branch: string;
  readonly ci: CiConfig;
  /** Logins whose word counts: they approve, un-park, resume. Accounts with write access that are not agents count too. */
  readonly maintainers: readonly string[];
  readonly policy: PolicyConfig;
  /** `owner/name` of the ops repo, if there is one. */
  readonly ops: string | null;
}

export interface CiConfig {
  /** What runs the checks; null: only commit statuses are read (and `url`, if given, speaks the embedded CI's API). */
  readonly kind: 'embedded' | 'woodpecker' | 'forgejo-actions' | null;
  /** workflows: `.woodpecker` files of the base branch name the contexts (embedded CI, Woodpecker). protection: the branch protection does. */
  readonly contexts: 'workflows' | 'protection' | 'none';
  /** Login that posts the statuses; nobody else's green counts. */
  readonly account: string;
  /** Base URL of the CI's own API for logs and re-runs, or null. */
  readonly url: string | null;
  /** Forge token of the CI account (embedded) or API token of the CI (Woodpecker). */
  readonly tokenFile: string | null;
  /** Password of the CI account, for forges that refuse tokens for git (embedded). */
  readonly passwordFile: string | null;
  /** What git shows: the password only where a forge refuses tokens for git. */
  readonly gitSecret: 'token' | 'password';
}

export interface PolicyConfig {
  /** Version written into merge certificates. */
  readonly version: string;
  /** What becomes of an outsider's open issue that nobody queued: parked with a comment, or left alone. */
  readonly outsiders: 'park' | 'ignore';
  readonly fixRounds: number;
  readonly reviewRounds: number;
  readonly conflictRounds: number;
  readonly openPullRequests: number;
  readonly maxChangedFiles: number;
  readonly maxChangedLines: number;
  readonly maxFileBytes: number;
  /** Extra protected path globs, besides CI configuration, agent instructions, and deleted or skipped tests. */
  readonly protectedPaths: readonly string[];
}

export interface AgentConfig {
  readonly name: string;
  /** False: known, and does not run. */
  readonly enabled: boolean;
  readonly role: string;
  readonly schedule: Schedule | null;
  /** Names of the projects it works on; all when empty. */
  readonly projects: readonly string[];
  readonly backend: string | null;
  /** Login of its forge account, by default its name. */
  readonly identity: string;
  /** File with its forge token. */
  readonly tokenFile: string | null;
  /** File with the password of that account. */
  readonly passwordFile: string | null;
  /** What git shows: the password only where a forge refuses tokens for git. */
  readonly gitSecret: 'token' | 'password';
  readonly limits: AgentLimits;
}

export interface AgentLimits {
  readonly turns: number;
  readonly tokens: number;
  readonly usd: number | null;
  readonly usdPerDay: number | null;
  readonly wallMinutes: number;
  readonly idleSeconds: number;
}

export interface BackendConfig {
  readonly name: string;
  readonly harness: 'pi' | 'claude';
  readonly baseUrl: string;
  readonly api: 'anthropic' | 'openai-chat' | 'openai-responses';
  readonly model: string;
  readonly keyFile: string | null;
  /** Every session gets a key of its own, which the endpoint looks up in the ledger (the scripted model does). */
  readonly sessionKeys: boolean;
  /** Sessions at a time, over all processes. */
  readonly concurrency: number;
  /** US dollars per million tokens, for the spend when the CLI does not report it. */
  readonly prices: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly contextTokens: number;
  readonly outputTokens: number;
}

/** One thing that is wrong with a configuration, and what would be right. */
export interface ConfigProblem {
  /** One-based line in the file; the first one when the problem is something that is not there. */
  readonly line: number;
  /** Dotted, as in the file: `agents.dev.limits.turns`. Empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The configuration or a secret cannot be used. The message lists every problem, one a line, as `file:line: path: what to do`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly kind: 'unreadable' | 'invalid' | 'secret';
  readonly problems: readonly ConfigProblem[];
  constructor(kind: ConfigError['kind'], file: string, problems: readonly ConfigProblem[], cause?: unknown) {
    const lines = problems.map((problem) => [`${file}:${problem.line}`, problem.path, problem.message].filter((part) => part !== '').join(': '));
    super(lines.join('\n'), cause === undefined ? {} : { cause });
    this.kind = kind;
    this.problems = problems;
  }
}
