import type { CheckState } from '#domain/check';
import type { Issue } from '#domain/issue';
import type { PullRequest, Review } from '#domain/pull-request';
import { asSha, type Sha } from '#domain/sha';
import { untrusted } from '#domain/untrusted';

/** Forty times the digit. */
export const sha = (digit: string): Sha => asSha(digit.repeat(40));
export const head = sha('a');

/** A maintainer's open issue without labels. */
export function issue(number: number, part: Partial<Issue> = {}): Issue {
  return {
    number,
    title: untrusted(`Issue ${number}`),
    body: untrusted(''),
    author: 'maintainer',
    state: 'open',
    labels: new Set(),
    assignees: [],
    createdAt: new Date(number),
    updatedAt: new Date(number),
    comments: 0,
    ...part,
  };
}

/** An open pull request of dev into main, at `head`. */
export function pullRequest(number: number, part: Partial<PullRequest> = {}): PullRequest {
  return {
    number,
    title: untrusted(''),
    body: untrusted(''),
    author: 'dev',
    state: 'open',
    draft: false,
    labels: new Set(),
    assignees: [],
    branch: 'fix/issue-1',
    head,
    base: 'main',
    mergeCommit: null,
    mergedBy: null,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    comments: 0,
    ...part,
  };
}

/** The reviewer's approval of `head`. */
export const approval: Review = {
  id: 3,
  author: 'reviewer',
  verdict: 'approved',
  head,
  body: untrusted(''),
  stale: false,
  dismissed: false,
  submittedAt: new Date(0),
};

export const green: CheckState = { kind: 'success', head, contexts: [{ context: 'ci/test', status: 1 }] };
export const pending: CheckState = { kind: 'pending', head, missing: ['ci/test'] };
export const red: CheckState = {
  kind: 'failure',
  head,
  failed: [{ id: 1, context: 'ci/test', state: 'failure', description: '', targetUrl: null, creator: 'ci' }],
};
