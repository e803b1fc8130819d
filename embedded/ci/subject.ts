import type { Sha } from '#domain/sha';
import { mergeBranchNumber } from '#domain/name';
import type { Forge } from '#forge';
import type { CiSubject } from '#ci';
import type { Repository } from './repository.ts';

/** A commit that CI should judge, with the branch it was found on. */
export interface Subject extends CiSubject {
  readonly source: string;
}

/** Earlier kinds are run first: a merge waits for its result, a change for its head, and nobody for main. */
const urgency = { 'merge-result': 0, 'pull-request': 1, branch: 2 } as const;

/**
 * Everything that CI should have judged by now: merge results, heads of open pull requests, the head of the default branch.
 * One call to the forge. Heads that are on no branch of this repository (forks) are left out: their code is not run here.
 */
export async function listSubjects(forge: Pick<Forge, 'listOpenPullRequests'>, repository: Repository): Promise<readonly Subject[]> {
  const [pulls, heads, main] = await Promise.all([forge.listOpenPullRequests(), repository.heads(), repository.defaultBranch()]);
  const subjects: Subject[] = [];
  const add = (kind: Subject['kind'], number: number | null, source: string, head: Sha | undefined, branch: string): void => {
    const base = heads.get(branch);
    if (head !== undefined && base !== undefined && heads.get(source) === head) subjects.push({ kind, number, source, head, base, branch });
  };
  for (const pull of pulls) add('pull-request', pull.number, pull.branch, pull.head, pull.base);
  for (const [name, head] of heads) {
    const number = mergeBranchNumber(name);
    if (number !== null) add('merge-result', number, name, head, pulls.find((pull) => pull.number === number)?.base ?? main);
  }
  add('branch', null, main, heads.get(main), main);
  return subjects.toSorted((a, b) => urgency[a.kind] - urgency[b.kind]);
}
