import { coreLabels } from './label-registry.ts';

/** Names of refs, branches, labels and trailers that we put on the forge. One place, so that readers and writers agree. */

export const claimRef = (name: string): string => `refs/disinto/claims/${name}`;
/** A change that waits for a maintainer's approval before it becomes a branch. */
export const heldRef = (issue: number): string => `refs/disinto/held/${issue}`;
/** A held change that a maintainer approved: descendants of this commit may carry its protected paths. */
export const approvedPrefix = 'refs/disinto/approved/';
export const approvedRef = (issue: number): string => `${approvedPrefix}${issue}`;
/** Holds the certificate of the one merge that is going on into a branch: created by compare-and-swap, so it is the lock as well. */
export const mergingRef = (branch: string): string => `refs/disinto/merging/${branch}`;
export const notesRef = 'refs/notes/disinto';
export const mergeBranch = (pullRequest: number): string => `disinto/merge/${pullRequest}`;
export const mergeBranchNumber = (branch: string): number | null => {
  const found = /^disinto\/merge\/([1-9][0-9]*)$/.exec(branch)?.[1];
  return found === undefined ? null : Number(found);
};
/** Branch of an attempt at an issue: the first is `fix/issue-7`, later ones `fix/issue-7-2`, … */
export const attemptBranch = (issue: number, attempt: number): string => (attempt <= 1 ? `fix/issue-${issue}` : `fix/issue-${issue}-${attempt}`);
/** The issue an attempt branch belongs to, or null when it is not one. */
export const attemptOf = (branch: string): { readonly issue: number; readonly attempt: number } | null => {
  const found = /^fix\/issue-([1-9][0-9]*)(?:-([1-9][0-9]*))?$/.exec(branch);
  return found === null ? null : { issue: Number(found[1]), attempt: found[2] === undefined ? 1 : Number(found[2]) };
};

export const trailer = { run: 'Disinto-Run', agent: 'Disinto-Agent', task: 'Disinto-Task', cause: 'Disinto-Cause', at: 'Disinto-At' } as const;

/** Labels that the factory's core loop uses, with colours for `ensureLabelsExist`. */
export const labels = coreLabels;
