import type { Sha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Verb } from './outcome.ts';

/** What the calls below work on: an open issue and an open pull request of dev's, with one review. */
export interface Ground {
  readonly issue: number;
  readonly pull: number;
  readonly head: Sha;
  readonly review: number;
}

/** One good call of every verb that makes a request. */
export const samples: { readonly [V in Exclude<Verb, 'calls' | 'forgeTime'>]: (forge: Forge, ground: Ground) => Promise<unknown> } = {
  me: (forge) => forge.me(),
  changes: (forge) => forge.changes(null),
  findIssue: (forge, { issue }) => forge.findIssue(issue),
  findPullRequest: (forge, { pull }) => forge.findPullRequest(pull),
  listOpenPullRequests: (forge) => forge.listOpenPullRequests(),
  listComments: (forge, { issue }) => forge.listComments(issue),
  listReviews: (forge, { pull }) => forge.listReviews(pull),
  listReviewComments: (forge, { pull, review }) => forge.listReviewComments(pull, review),
  listStatuses: (forge, { head }) => forge.listStatuses(head),
  listTimeline: (forge, { issue }) => forge.listTimeline(issue),
  findBranch: (forge) => forge.findBranch('main'),
  permission: (forge) => forge.permission('dev'),
  searchIssues: (forge) => forge.searchIssues('sample'),
  ensureLabelsExist: (forge) => forge.ensureLabelsExist([{ name: 'sample', colour: '#00aabb', description: 'A sample' }]),
  ensureLabels: (forge, { issue }) => forge.ensureLabels(issue, { add: ['sample'], remove: [] }),
  ensureAssignees: (forge, { issue }) => forge.ensureAssignees(issue, ['dev']),
  ensureComment: (forge, { issue }) => forge.ensureComment(issue, 'sample', 'A sample'),
  createIssue: (forge) => forge.createIssue({ title: 'Another sample', body: '', labels: [] }),
  ensureClosed: (forge, { issue }) => forge.ensureClosed(issue),
  ensureReopened: (forge, { issue }) => forge.ensureReopened(issue),
  ensurePullRequest: (forge) => forge.ensurePullRequest({ branch: 'fix/issue-1', base: 'main', title: 'Sample', body: '' }),
  ensurePullRequestBody: (forge, { pull }) => forge.ensurePullRequestBody(pull, 'Another body'),
  submitReview: (forge, { pull, head }) => forge.submitReview(pull, { verdict: 'commented', head, body: 'A sample', comments: [] }),
  postStatus: (forge, { head }) => forge.postStatus(head, { context: 'ci/sample', state: 'pending', description: '', targetUrl: null }),
  mergePullRequest: (forge, { pull, head }) => forge.mergePullRequest(pull, { head, title: 'Sample', message: 'A sample' }),
  ensureBranchDeleted: (forge) => forge.ensureBranchDeleted('fix/issue-9'),
};

export type Asking = keyof typeof samples;

export const asking = Object.keys(samples) as readonly Asking[];
