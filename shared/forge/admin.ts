/**
 * A Forgejo or Gitea as the person who sets it up sees it: accounts, tokens, repositories and their settings. Used by `disinto init`,
 * `hire` and `fire` only; no agent holds such a token. `find…` answers null and `list…` is complete, or they throw `ForgeError`.
 * Verbs that change something do exactly that once; whether it is needed is asked first, by the step that calls them.
 */
export interface ForgeAdmin {
  /** Whose token this is, and whether that account administers the site. */
  me(): Promise<{ readonly login: string; readonly siteAdmin: boolean }>;
  /** What the forge says it is, for example `1.26.0` or `11.0.6+gitea-1.22.0`. */
  version(): Promise<string>;

  findAccount(login: string): Promise<Account | null>;
  /** Creates a plain account that need not change its password. Throws `invalid` when login or mail address are taken. */
  createAccount(draft: AccountDraft): Promise<void>;
  setPassword(login: string, password: string): Promise<void>;
  deleteAccount(login: string): Promise<void>;
  /** Whether the account may sign in with this password. */
  acceptsPassword(login: string, password: string): Promise<boolean>;
  /** Login of the account that a token belongs to, or null when the forge refuses it. */
  tokenOwner(token: string): Promise<string | null>;
  /** Whether a token (the administrator's by default) has the scope: found out by a request for what is not there, which changes nothing. */
  hasScope(scope: TokenScope, token?: string): Promise<boolean>;
  /** Null: this token may not look. A person's account is none. */
  isOrganisation(name: string): Promise<boolean | null>;
  listTokens(account: SignIn): Promise<readonly AccountToken[]>;
  /** The value is shown once. */
  createToken(account: SignIn, draft: { readonly name: string; readonly scopes: readonly string[] }): Promise<string>;
  /** A token that is gone is fine. */
  deleteToken(account: SignIn, name: string): Promise<void>;
  /**
   * Whether git over HTTP takes the secret (a token or a password) when a push to the repository begins. Nothing is pushed. Whether a ref
   * may be pushed shows at the push only: some forges let readers begin one. Throws `not-found` when there is no such repository.
   */
  gitAccepts(repository: string, login: string, secret: string): Promise<boolean>;

  findRepository(repository: string): Promise<RepositoryFacts | null>;
  createRepository(draft: RepositoryDraft): Promise<void>;
  deleteRepository(repository: string): Promise<void>;
  /** Direct collaborators and what they may do. */
  listCollaborators(repository: string): Promise<readonly { readonly login: string; readonly permission: CollaboratorPermission }[]>;
  setCollaborator(repository: string, login: string, permission: 'read' | 'write' | 'admin'): Promise<void>;
  removeCollaborator(repository: string, login: string): Promise<void>;

  listLabels(repository: string): Promise<readonly { readonly id: number; readonly name: string; readonly colour: string; readonly description: string }[]>;
  createLabel(repository: string, label: { readonly name: string; readonly colour: string; readonly description: string }): Promise<void>;
  deleteLabel(repository: string, id: number): Promise<void>;

  listProtections(repository: string): Promise<readonly ProtectionRule[]>;
  /** The same rules, with what tells one from another of its name, and with all that the forge says of them. */
  inspectProtections(repository: string): Promise<readonly StandingRule[]>;
  /** Name of the rule that the forge applies to a branch, null: none. Undefined where it does not tell, as of a branch that is not there. */
  protectionInEffect(repository: string, branch: string): Promise<string | null | undefined>;
  /** Throws `invalid` when the rule that then stands is another one: a login that lacks the right is dropped by the forge. */
  createProtection(repository: string, rule: ProtectionRule): Promise<void>;
  /** Changes what is named, leaves the rest; throws like `createProtection`. */
  editProtection(repository: string, name: string, change: Partial<Omit<ProtectionRule, 'name'>>): Promise<void>;
  deleteProtection(repository: string, name: string): Promise<void>;

  listHooks(repository: string): Promise<readonly Hook[]>;
  createHook(repository: string, draft: HookDraft): Promise<number>;
  /** Changes what is named, and switches the hook on. Answers its id from now on: a new secret makes a new hook, because no forge changes one. */
  editHook(repository: string, id: number, change: Partial<HookDraft>): Promise<number>;
  deleteHook(repository: string, id: number): Promise<void>;
  /**
   * Makes the forge deliver a test (a `push` of the default branch's head) to the hook; resolves when it said that it will. A hook
   * that asks for no pushes gets none. Throws `not-found` for a repository without commits.
   */
  testHook(repository: string, id: number): Promise<void>;

  hasBranch(repository: string, branch: string): Promise<boolean>;
  /** Paths of all files at the head of a branch; null when the branch does not exist (or the repository is empty). */
  listFiles(repository: string, branch: string): Promise<readonly string[] | null>;
  readFile(repository: string, branch: string, path: string): Promise<string | null>;
  /** Creates files in one commit on a branch. Throws `forbidden` where a protection refuses it, `invalid` where a file is there already. */
  createFiles(repository: string, draft: FilesDraft): Promise<void>;
  /** Calls made over HTTP since creation. */
  calls(): number;
}

export interface Account {
  readonly login: string;
  readonly fullName: string;
  readonly siteAdmin: boolean;
  /** May sign in. Only site administrators are told; to others every account looks inactive. */
  readonly active: boolean;
  /** Sees only what it was given by name. False where the forge does not tell, as to anybody but a site admin. */
  readonly restricted: boolean;
}

export interface AccountDraft {
  readonly login: string;
  readonly password: string;
  readonly email: string;
  /** Carries our mark: with it an account is known as made by us. */
  readonly fullName: string;
  /** Sees only what it is given by name, also of what is public. */
  readonly restricted?: boolean;
}

/** The scopes that are asked for, of those that forges know. */
export type TokenScope = 'write:repository' | 'write:issue' | 'read:user' | 'write:user' | 'write:organization' | 'write:admin';

export interface SignIn {
  readonly login: string;
  readonly password: string;
}

export interface AccountToken {
  readonly id: number;
  readonly name: string;
  /** Empty where the forge does not tell. */
  readonly scopes: readonly string[];
}

export interface RepositoryFacts {
  /** `owner/name` as the forge spells it. */
  readonly name: string;
  readonly empty: boolean;
  readonly private: boolean;
  readonly mirror: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  readonly description: string;
  /** Whether it has issues of its own, and pull requests: each may be switched off. */
  readonly issues: boolean;
  readonly pullRequests: boolean;
  /** Whether this token may change its settings. */
  readonly mayAdminister: boolean;
}

export interface RepositoryDraft {
  /** `owner/name`; the owner is this account, another user (needs a site admin) or an organisation. */
  readonly name: string;
  readonly private: boolean;
  readonly description: string;
  readonly defaultBranch: string;
  /** With a README commit. */
  readonly initialise: boolean;
}

export type CollaboratorPermission = 'read' | 'write' | 'admin' | 'owner' | 'none';

/** A rule of branch protection. Lists hold logins; file patterns are globs joined by `;` on the wire. */
export interface ProtectionRule {
  /** Branch name or glob. */
  readonly name: string;
  readonly push: 'nobody' | 'writers' | { readonly only: readonly string[] };
  readonly merge: 'writers' | { readonly only: readonly string[] };
  readonly approvals: { readonly required: number; readonly by: 'writers' | { readonly only: readonly string[] } };
  readonly dismissStaleApprovals: boolean;
  readonly blockOnRejectedReviews: boolean;
  /** Null: checks are not asked for. */
  readonly requiredContexts: readonly string[] | null;
  readonly protectedFiles: readonly string[];
  readonly unprotectedFiles: readonly string[];
  /**
   * Whether it binds administrators as well, who may else merge past it. Left out of a new rule: yes, unless it protects files, because a
   * change to those can be merged by an administrator only. Always there in what is read.
   */
  readonly appliesToAdmins?: boolean;
}

/** A rule as it stands on the forge. */
export interface StandingRule {
  readonly rule: ProtectionRule;
  /** Of the rules that name a branch, the one with the least number is in effect. Null: the forge goes by names and age. */
  readonly priority: number | null;
  /** When it was made, in the forge's words. A rule that is removed and made again has another time. */
  readonly madeAt: string;
  /** All that the forge says of it but times, as one text: another one when anything of the rule changes, also what nobody here reads. */
  readonly whole: string;
}

export interface Hook {
  readonly id: number;
  readonly url: string;
  /** At least those that were asked for: a forge lists what they include too (`issues`: `issue_label`, `issue_assign`, …). */
  readonly events: readonly string[];
  readonly active: boolean;
  /** Glob of the branches whose pushes it tells of; empty or `*`: all. */
  readonly branchFilter: string;
}

export interface HookDraft {
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
  /** Left out of a new one: all branches. */
  readonly branchFilter?: string;
}

export interface FilesDraft {
  readonly branch: string;
  /** The branch to start from, when `branch` is new. */
  readonly from?: string;
  readonly message: string;
  readonly files: Readonly<Record<string, string>>;
}
