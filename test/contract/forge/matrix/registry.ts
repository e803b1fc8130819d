import type { Outcome, Verb } from './outcome.ts';

/** True: a case must show it. A text: why the verb cannot meet it, on any forge. */
type Entry<V extends Verb> = { readonly [O in Outcome<V>]: true | string };

const always = {
  'error auth': true,
  'error forbidden': true,
  'error not-found': true,
  'error rate-limited': true,
  'error unavailable': true,
  'error malformed': true,
} as const;
const noConflict = { 'error conflict': 'the forge knows no conflict here' } as const;
const reads = { ...always, 'error conflict': 'reading conflicts with nothing', 'error invalid': 'nothing in the request can be wrong' } as const;
const writes = { ...always, ...noConflict, 'error invalid': true } as const;
const local = 'it makes no request';
const noRequest = {
  'error auth': local,
  'error forbidden': local,
  'error not-found': local,
  'error rate-limited': local,
  'error unavailable': local,
  'error malformed': local,
  'error conflict': local,
  'error invalid': local,
} as const;
const list = { none: true, some: true, many: true } as const;
const find = { found: true, null: true } as const;
const ensure = { done: true, again: true } as const;

/** Every verb of the port with each of its outcomes: a verb or an answer that is added to the port does not compile until it stands here. */
export const registry: { readonly [V in Verb]: Entry<V> } = {
  me: { value: true, ...reads, 'error not-found': 'the account of a token is always there' },
  calls: { value: true, ...noRequest },
  forgeTime: { ...find, ...noRequest },
  changes: { ...list, ...reads },
  findIssue: { ...find, ...reads },
  findPullRequest: { ...find, ...reads },
  listOpenPullRequests: { ...list, many: 'a real forge works a second on each: shown with pages of two', ...reads },
  listComments: { ...list, ...reads },
  listReviews: { ...list, ...reads },
  listReviewComments: { ...list, ...reads },
  listStatuses: { ...list, ...reads },
  listTimeline: { ...list, ...reads },
  findBranch: { ...find, ...reads },
  permission: { owner: true, admin: true, write: true, read: true, none: true, ...reads },
  searchIssues: { ...list, many: 'it answers the first page', ...reads },
  ensureLabelsExist: { ...ensure, ...writes },
  ensureLabels: { ...ensure, ...writes },
  ensureAssignees: { ...ensure, ...writes },
  ensureComment: { created: true, updated: true, unchanged: true, ...writes },
  createIssue: { value: true, ...writes },
  ensureClosed: { ...ensure, ...writes, 'error conflict': true, 'error invalid': 'the state is ours' },
  ensureReopened: { ...ensure, ...writes, 'error conflict': true, 'error invalid': 'the state is ours' },
  ensurePullRequest: { created: true, found: true, ...writes, 'error conflict': true },
  ensurePullRequestBody: { ...ensure, ...writes, 'error invalid': 'any text is a body' },
  submitReview: { submitted: true, 'own-pull-request': true, 'not-open': true, ...writes },
  postStatus: { done: true, ...writes, 'error invalid': 'the states are those that every forge knows' },
  mergePullRequest: {
    merged: true,
    'already-merged': true,
    'try-again': true,
    'head-moved': true,
    conflict: true,
    blocked: true,
    ...writes,
    'error conflict': 'conflicts are values',
    'error invalid': 'style and head are ours',
  },
  ensureBranchDeleted: { ...ensure, ...writes, 'error invalid': 'a name that no branch can have is a branch that is gone' },
};

export const verbs = Object.keys(registry) as readonly Verb[];
