import type { Role } from '../../shared/config/schema.ts';

/** Who signs in with an account of its own: an agent's role, or the CI. */
export type AccountRole = Role | 'ci';

/** What the account of a role may do, and no more. */
export interface Rights {
  /** On the project. `none`: it is no collaborator. */
  readonly project: 'read' | 'write' | 'none';
  /** On the ops repo. */
  readonly ops: 'read' | 'write' | 'none';
  /** Stands on the whitelist of who merges into the project's branch. */
  readonly merges: boolean;
  /** Stands on the whitelist of whose approvals count. */
  readonly approves: boolean;
  /** Least scopes of its token. */
  readonly scopes: readonly string[];
}

/**
 * The one table of rights. Writing reaches every branch that is not protected, so the protection of the main branch is part of it:
 * nobody pushes there. A reviewer reads; its approval counts because the protection names it.
 */
export const rightsOf: Readonly<Record<AccountRole, Rights>> = {
  dev: { project: 'write', ops: 'write', merges: false, approves: false, scopes: ['write:repository', 'write:issue', 'read:user'] },
  reviewer: { project: 'read', ops: 'read', merges: false, approves: true, scopes: ['write:repository', 'write:issue', 'read:user'] },
  merger: { project: 'write', ops: 'none', merges: true, approves: false, scopes: ['write:repository', 'write:issue', 'read:user'] },
  ci: { project: 'write', ops: 'none', merges: false, approves: false, scopes: ['write:repository', 'read:user'] },
};

/**
 * What the account may do on the project. On a public repository a forge keeps a grant to read, and with it a place on the whitelist of
 * approvals, for restricted accounts only (others read it anyway). We make readers restricted; an unrestricted one that a person made
 * gets the right to write there, and the main branch refuses its pushes as everybody's.
 */
export const projectRight = ({ rights, restricted }: { readonly rights: Rights; readonly restricted: boolean }, isPrivate: boolean): Rights['project'] =>
  rights.approves && !isPrivate && rights.project === 'read' && !restricted ? 'write' : rights.project;

/** The full name of an account that this instance made. By it the account is known as ours, on every machine. */
export const markOf = (agent: string, instance: string): string =>
  agent === 'ci' ? `disinto CI (instance ${instance})` : `disinto agent ${agent} (instance ${instance})`;

/** Whether an account of that full name was made by some instance of disinto: which one. */
export const instanceOfMark = (fullName: string): string | null => /^disinto (?:CI|agent \S+) \(instance (\S+)\)$/.exec(fullName)?.[1] ?? null;

/** Name of our token on an account. */
export const tokenName = (instance: string): string => `disinto-${instance}`;
