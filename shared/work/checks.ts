import type { Ci, CiSubject } from '#ci';
import type { ProjectConfig } from '#config';
import { type CheckState, type CommitStatus, reduceChecks, withoutWarnings } from '#domain/check';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import type { View } from '#forge/view';

/** Ports that reading a check state takes. */
export interface CheckPorts {
  readonly view: View;
  readonly ci: Ci;
}

export interface Checks {
  readonly state: CheckState;
  readonly statuses: readonly CommitStatus[];
}

/** The check state of a pull request's head against the base's tip. Both must be in the store. `maxAgeSeconds` as for `View.statuses`. */
export function pullRequestChecks(ports: CheckPorts, project: ProjectConfig, pull: PullRequest, tip: Sha, maxAgeSeconds: number): Promise<Checks> {
  return subjectChecks(ports, project, { kind: 'pull-request', head: pull.head, base: tip, branch: pull.base, number: pull.number }, maxAgeSeconds);
}

/** The check state of any subject, statuses of the CI account only. */
export async function subjectChecks(ports: CheckPorts, project: ProjectConfig, subject: CiSubject, maxAgeSeconds: number): Promise<Checks> {
  const required = await ports.ci.required(subject);
  if (required.length === 0) return { state: { kind: 'none', head: subject.head }, statuses: [] };
  const posted = await ports.view.statuses(subject.head, maxAgeSeconds);
  const statuses = project.ci.kind === 'woodpecker' ? withoutWarnings(posted) : posted;
  return { state: reduceChecks(subject.head, statuses, required, project.ci.account), statuses };
}
