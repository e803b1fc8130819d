import type { Ci, CiSubject } from '#ci';
import type { ProjectConfig } from '#config';
import { type CheckState, type CommitStatus, reduceChecks } from '#domain/check';
import { approvedRef, attemptOf } from '#domain/name';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import type { View } from '#forge/view';
import type { Git } from '#git';

/** Ports that reading a check state takes. */
export interface CheckPorts {
  readonly view: View;
  readonly ci: Ci;
  readonly git: Git;
}

export interface Checks {
  readonly state: CheckState;
  readonly statuses: readonly CommitStatus[];
}

/**
 * The check state of a pull request's head. CI configuration counts from the base's tip, or from the head itself where a
 * maintainer approved its change. Both commits must be in the store. `maxAgeSeconds` as for `View.statuses`.
 */
export async function pullRequestChecks(ports: CheckPorts, project: ProjectConfig, pull: PullRequest, tip: Sha, maxAgeSeconds: number): Promise<Checks> {
  const base = (await isConfigApproved(ports.git, pull)) ? pull.head : tip;
  return subjectChecks(ports, project, { kind: 'pull-request', head: pull.head, base, branch: pull.base, number: pull.number }, maxAgeSeconds);
}

/** The check state of any subject, statuses of the CI account only. */
export async function subjectChecks(ports: CheckPorts, project: ProjectConfig, subject: CiSubject, maxAgeSeconds: number): Promise<Checks> {
  const required = await ports.ci.required(subject);
  if (required.length === 0) return { state: { kind: 'none', head: subject.head }, statuses: [] };
  const statuses = await ports.view.statuses(subject.head, maxAgeSeconds);
  return { state: reduceChecks(subject.head, statuses, required, project.ci.account), statuses };
}

/** True when a maintainer approved a protected change that this head descends from. */
export async function isConfigApproved(git: Git, pull: Pick<PullRequest, 'branch' | 'head'>): Promise<boolean> {
  const attempt = attemptOf(pull.branch);
  if (attempt === null) return false;
  const approved = await git.resolve(approvedRef(attempt.issue));
  return approved !== null && (await git.isAncestor(approved, pull.head));
}
