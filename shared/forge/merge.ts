import { z } from 'zod';
import { type Forge, ForgeError, type ForgeErrorKind, type MergeResult } from '#forge';
import { branchPath } from './commits.ts';
import { textOf } from './http/failure.ts';
import type { Answer } from './http/wire.ts';
import type { Repository } from './repository.ts';

/** The forge tells the reasons of a refusal apart by prose only; what matches nothing is `blocked` with that prose. */
export function createMerge(repository: Repository, findPullRequest: Forge['findPullRequest']): Forge['mergePullRequest'] {
  return async (number, { head, title, message }) => {
    const body = { Do: 'merge', head_commit_id: head, MergeTitleField: title, MergeMessageField: message };
    const answer = await repository.send('POST', `pulls/${number}/merge`, body, [403, 404, 405, 409, 500]);
    if (answer.status < 300) return { kind: 'merged' };
    const why = textOf(answer);
    if (answer.status === 409) return conflictOf(why);
    if (answer.status === 500) return stumbleOf(repository, number, answer, findPullRequest);
    if (answer.status === 405 && /try again later/i.test(why)) return { kind: 'try-again' };
    if (answer.status === 405 && /already merged/i.test(why)) return { kind: 'already-merged' };
    return refusalOf(number, answer, why, findPullRequest);
  };
}

function conflictOf(why: string): MergeResult {
  if (/head out of date/i.test(why)) return { kind: 'head-moved' };
  // The base moved while the forge pushed its merge.
  if (/push out of date/i.test(why)) return { kind: 'try-again' };
  if (/reject/i.test(why)) return { kind: 'blocked', why };
  return { kind: 'conflict' };
}

/**
 * Forgejo's 405 for a merged pull request may come without any text, and a closed one is a 404: only the pull request itself tells.
 */
async function refusalOf(number: number, answer: Answer, why: string, find: Forge['findPullRequest']): Promise<MergeResult> {
  if (answer.status === 403 && /scope|token/i.test(why)) throw refused('forbidden', number, answer, why);
  const found = why === '' || answer.status === 404 ? await find(number) : null;
  if (answer.status === 404 && found === null) throw refused('not-found', number, answer, why);
  if (found?.state === 'merged') return { kind: 'already-merged' };
  if (found?.state === 'closed') return { kind: 'blocked', why: 'the pull request is closed' };
  return { kind: 'blocked', why: why === '' ? `the forge answers ${answer.status} without a reason` : why };
}

/** A real Gitea stumbles over a pull request that was reopened after its branch was deleted. Any other 500 is an outage. */
async function stumbleOf(repository: Repository, number: number, answer: Answer, find: Forge['findPullRequest']): Promise<MergeResult> {
  const found = await find(number);
  if (found?.state === 'merged') return { kind: 'already-merged' };
  const branch = found?.state === 'open' ? await repository.find(branchPath(found.branch), z.unknown()) : undefined;
  if (branch === null) return { kind: 'blocked', why: `the branch ${found?.branch} does not exist` };
  throw refused('unavailable', number, answer, textOf(answer));
}

const refused = (kind: ForgeErrorKind, number: number, { status }: Answer, why: string): ForgeError =>
  new ForgeError(kind, `POST pulls/${number}/merge: ${status} ${why}`, { status });
