import { type Forge, ForgeError, type MergeResult } from '#forge';
import { textOf } from './http/failure.ts';
import type { Answer } from './http/http.ts';
import type { Repository } from './repository.ts';

/** The forge tells the reasons of a refusal apart by prose only; what matches nothing is `blocked` with that prose. */
export function createMerge(repository: Repository, findPullRequest: Forge['findPullRequest']): Forge['mergePullRequest'] {
  return async (number, { head, title, message }) => {
    const body = { Do: 'merge', head_commit_id: head, MergeTitleField: title, MergeMessageField: message };
    const answer = await repository.send('POST', `pulls/${number}/merge`, body, [403, 405, 409]);
    if (answer.status < 300) return { kind: 'merged' };
    const why = textOf(answer);
    if (answer.status === 409) return conflictOf(why);
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

/** Forgejo's 405 for a merged pull request may come without any text: only the pull request itself tells. */
async function refusalOf(number: number, answer: Answer, why: string, find: Forge['findPullRequest']): Promise<MergeResult> {
  if (answer.status === 403 && /scope|token/i.test(why)) {
    throw new ForgeError('forbidden', `POST pulls/${number}/merge: ${why}`, { status: 403 });
  }
  const found = why === '' ? await find(number) : null;
  if (found?.state === 'merged') return { kind: 'already-merged' };
  return { kind: 'blocked', why: why === '' ? `the forge answers ${answer.status} without a reason` : why };
}
