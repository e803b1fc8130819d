import type { Issue } from '#domain/issue';
import type { PullRequest } from '#domain/pull-request';
import { asSha, type Sha } from '#domain/sha';
import { untrusted } from '#domain/untrusted';
import type { Reviewable } from '../observe.ts';

export const sha = (digit: string): Sha => asSha(digit.repeat(40));

export function issue(number: number, title = `Issue ${number}`, part: Partial<Issue> = {}): Issue {
  return {
    number,
    title: untrusted(title),
    body: untrusted(''),
    author: 'maintainer',
    state: 'open',
    labels: new Set(),
    assignees: [],
    createdAt: new Date(0),
    updatedAt: new Date(0),
    comments: 0,
    ...part,
  };
}

export function pullRequest(number: number): PullRequest {
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
    head: sha('a'),
    base: 'main',
    mergeCommit: null,
    mergedBy: null,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    comments: 0,
  };
}

/** A green head without a review. */
export function reviewable(number: number, part: Partial<Reviewable> = {}): Reviewable {
  return { pullRequest: pullRequest(number), issue: issue(1), comments: [], earlier: [], tip: sha('b'), checks: 'success', failures: 0, ...part };
}
