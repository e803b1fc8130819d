import type { Clock } from '#clock';
import type { Sha } from '#domain/sha';
import type { Forge } from '#forge';
import type { View } from '#forge/view';

/** maintainer owns the repositories · dev, reviewer, merger, ci write · reader reads · outsider has an account and no more. */
export const accounts = ['maintainer', 'dev', 'reviewer', 'merger', 'ci', 'reader', 'outsider'] as const;
export type Account = (typeof accounts)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One fresh repository: `main` holds README.md and src/a.ts (six lines), nobody wrote an issue yet. */
export interface TestRepository {
  /** `owner/name`. */
  readonly name: string;
  forge(account: Account): Forge;
  view(account: Account): { readonly view: View; readonly forge: Forge };
  /** The adapter with another token, repository, address or clock; by default dev's. */
  forgeWith(change: { readonly token?: string; readonly repository?: string; readonly url?: string; readonly clock?: Clock }): Forge;
  /** Where git and requests past the adapter go. */
  readonly url: string;
  /** A request past the adapter, `path` below the repository. */
  raw(account: Account, method: string, path: string, body?: unknown): Promise<Answer>;
  /** A request past the adapter, `path` below `/api/v1/`. `admin` administers the site and signs in with a password. */
  api(by: Account | 'admin' | { readonly token: string }, method: string, path: string, body?: unknown): Promise<Answer>;
  /** Commits `files` onto the branch (made from main when it is new) and pushes it. Null: the forge refused the push. */
  push(account: Account, branch: string, files: Readonly<Record<string, string>>): Promise<Sha | null>;
  /** Runs git in a clone with `account`'s credentials; `remote` is called origin. Resolves to stdout, or null when git failed. */
  git(account: Account, ...args: readonly string[]): Promise<string | null>;
  protect(rule: Protection): Promise<void>;
}

export interface Protection {
  readonly contexts: readonly string[];
  readonly approvals: number;
  readonly mergers: readonly Account[];
}

/** A running forge that the contract may write to. */
export interface TestWorld {
  repository(): Promise<TestRepository>;
  close(): Promise<void>;
}

const sourceLines = ['one', 'two', 'three', 'four', 'five', 'six'];
export const source = (change: Readonly<Record<number, string>> = {}): string => `${sourceLines.map((line, at) => change[at + 1] ?? line).join('\n')}\n`;
