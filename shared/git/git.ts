import type { Sha } from '#domain/sha';

/**
 * One repository's git side: a bare object store shared by all runs (`<data>/git/<project>.git`), one clone per run off it,
 * and the refs on the forge. Every command runs git with an argument array, a cleared environment and no prompt.
 * Credentials come from a helper that reads the token file; no URL, file of a workspace or process list ever holds one.
 * Throws `GitError`. Safe for several processes.
 */
export interface Git {
  /** Brings the shared store up to date with branches, `refs/disinto/*` and notes of the forge (deleted refs vanish). */
  fetch(): Promise<void>;
  /** Refs on the forge right now, by full name, under a prefix such as `refs/disinto/claims/` or `refs/heads/fix/`. */
  listRefs(prefix: string): Promise<ReadonlyMap<string, Sha>>;
  /** Resolves a full ref name in the store as of the last fetch. */
  resolve(ref: string): Promise<Sha | null>;
  /**
   * Updates refs on the forge in one atomic push, each only if its present value is the expected one (`null` = absent).
   * `to: null` deletes. Either all happen (`pushed`) or none. Objects must be in the store.
   */
  push(updates: readonly RefUpdate[]): Promise<PushResult>;

  openWorkspace(request: WorkspaceRequest): Promise<Workspace>;
  /**
   * Removes a workspace directory that no live run uses. Before that, every commit and uncommitted change that is not on the
   * forge goes to a verified salvage bundle (`<data>/salvage/<run>.bundle`); returns its path, or null when nothing was left.
   */
  retireWorkspace(run: string, reason: string): Promise<Salvage | null>;
  /** Runs that still have a workspace directory. */
  listWorkspaces(): Promise<readonly string[]>;

  mergeBase(a: Sha, b: Sha): Promise<Sha | null>;
  isAncestor(ancestor: Sha, of: Sha): Promise<boolean>;
  /** Tree of merging `head` into `base` without touching a work tree, or the conflicting paths. */
  mergeResult(base: Sha, head: Sha): Promise<{ readonly kind: 'clean'; readonly tree: Sha } | { readonly kind: 'conflict'; readonly paths: readonly string[] }>;
  /** Makes a commit object in the store (not on any ref). */
  createCommit(draft: CommitDraft): Promise<Sha>;
  readCommit(sha: Sha): Promise<Commit | null>;
  /** Commits reachable from `to` and not from `from`, oldest first. */
  listCommits(from: Sha, to: Sha): Promise<readonly Commit[]>;
  /** The change between two trees or commits, file by file, renames not followed. */
  listChangedFiles(from: Sha, to: Sha): Promise<readonly ChangedFile[]>;
  /** Unified diff, cut at `maxBytes` (a cut is said in its last line). */
  diff(from: Sha, to: Sha, options: { readonly maxBytes: number; readonly paths?: readonly string[] }): Promise<string>;
  /** Contents of a file at a commit, or null when it does not exist there. */
  readFile(at: Sha, path: string): Promise<Buffer | null>;
  listFiles(at: Sha, under: string): Promise<readonly string[]>;
  /** The note under `refs/notes/disinto` for a commit, as of the last fetch. */
  readNote(on: Sha): Promise<string | null>;
  /** A commit for `refs/notes/disinto` that adds this note to the present ones; push it with `push`. */
  createNote(on: Sha, text: string): Promise<RefUpdate>;
  /** Stores text as a commit holding one file, for `refs/disinto/*` records. */
  createRecord(name: string, text: string): Promise<Sha>;
  /** The text of a record commit that `createRecord` made. */
  readRecord(sha: Sha): Promise<string | null>;

  readonly claims: Claims;
}

/** Exclusive ownership of an item by ref, won by compare-and-swap on the forge. Names such as `7` (issue) or `merge-main`. */
export interface Claims {
  /** Takes it if it is free, or mine, or its holder is dead (expired lease, or `holderIsDead` says so); the reason is recorded in the commit. */
  take(name: string, claim: ClaimDraft): Promise<{ readonly kind: 'claimed'; readonly claim: Claim } | { readonly kind: 'taken'; readonly by: Claim }>;
  /** Extends the lease. `lost` when somebody else has it now. */
  renew(claim: Claim): Promise<{ readonly kind: 'renewed'; readonly claim: Claim } | { readonly kind: 'lost' }>;
  /** Gives it back; a claim that is gone or taken over is left alone. */
  release(claim: Claim): Promise<void>;
  find(name: string): Promise<Claim | null>;
  list(): Promise<readonly Claim[]>;
}

export interface ClaimDraft {
  readonly agent: string;
  readonly run: string;
  readonly leaseSeconds: number;
  /** Asked about a present holder whose lease still runs; true only on proof (its run is closed in the ledger). */
  readonly holderIsDead: (holder: Claim) => boolean;
}

export interface Claim {
  readonly name: string;
  readonly agent: string;
  readonly run: string;
  readonly expiresAt: Date;
  readonly commit: Sha;
  /** Why it was taken from an earlier holder, or null. */
  readonly takeover: string | null;
}

export interface RefUpdate {
  /** Full name, for example `refs/heads/fix/issue-7`. */
  readonly ref: string;
  readonly to: Sha | null;
  /** Value that the forge must have now; null = must not exist; `any` = whatever it is. */
  readonly expect: Sha | null | 'any';
}

export type PushResult =
  | { readonly kind: 'pushed' }
  /** Another value was there (compare-and-swap lost); nothing changed. */
  | { readonly kind: 'moved'; readonly refs: readonly string[] }
  /** The forge refuses (protection, hook); nothing changed. */
  | { readonly kind: 'refused'; readonly why: string };

export interface WorkspaceRequest {
  readonly run: string;
  /** Commit to check out. */
  readonly at: Sha;
  /** Local branch to be on. */
  readonly branch: string;
  /** Author of commits made there. */
  readonly author: { readonly name: string; readonly email: string };
  /** A commit to merge into the checkout, leaving conflict markers for a session to solve. */
  readonly merge?: Sha;
}

/** Reading objects; the same verbs as on the store. */
export type Objects = Pick<Git, 'readCommit' | 'listCommits' | 'listChangedFiles' | 'readFile' | 'diff' | 'mergeBase'>;

/** The git checkout of one run. It has no remote and no credential: nothing in it can push. */
export interface Workspace {
  readonly run: string;
  readonly path: string;
  /** The folder with the store's objects: the checkout borrows them, and git in it reads them. */
  readonly borrows: string;
  readonly branch: string;
  readonly base: Sha;
  /** Objects as the workspace sees them: its own commits, which are nowhere else until `publishToStore`, and the store's. */
  readonly objects: Objects;
  head(): Promise<Sha>;
  /** Paths with uncommitted changes (untracked and unmerged included, ignored excluded). */
  dirty(): Promise<readonly string[]>;
  /**
   * Commits everything that is uncommitted; null when there was nothing. Where HEAD does not descend from `base` any more (a history
   * that was amended, reset or begun anew), the final files become one commit on `base`, with the merged commit if one was asked for.
   */
  commitAll(message: string): Promise<Sha | null>;
  /** Copies the commits of HEAD into the shared store so that `Git` can see and push them. */
  publishToStore(): Promise<Sha>;
}

export interface Salvage {
  readonly run: string;
  readonly bundle: string;
  readonly head: Sha;
}

export interface CommitDraft {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
}

export interface Commit {
  readonly sha: Sha;
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly author: string;
  readonly message: string;
  /** `Key: value` lines of the last paragraph. */
  readonly trailers: Readonly<Record<string, string>>;
  readonly at: Date;
}

export interface ChangedFile {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted' | 'type-changed';
  /** git's mode of the new side, for example 100644, 120000 (symlink), 160000 (submodule); of the old side when deleted. */
  readonly mode: string;
  readonly additions: number;
  readonly deletions: number;
  readonly binary: boolean;
}

/** unavailable: the forge does not answer · rate-limited: it answers that we ask too much · auth: it refuses our credential · forbidden: it knows the account and refuses what is asked · missing: no git on this machine · full: no space left · corrupt · failed: anything else, with git's text. */
export type GitErrorKind = 'unavailable' | 'rate-limited' | 'auth' | 'forbidden' | 'missing' | 'full' | 'corrupt' | 'failed';

export class GitError extends Error {
  override readonly name = 'GitError';
  readonly kind: GitErrorKind;
  constructor(kind: GitErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}
