import { confirmed, forge, inSession, intended, type Moment, sessionOver, unconfirmed, whileWorking } from './moment.ts';

/**
 * Each chain is one demo: killed at the first moment, continued, killed at the next. A moment counts from the start of the process
 * that it kills, so every one of them must still be to come when the one before has happened.
 */
export const chains: Readonly<Record<string, readonly Moment[]>> = {
  'from the seeding to the first pull request': [
    forge('the repository is made, not entered', 'before', '^INSERT INTO repositories'),
    forge('the third issue is being opened', 'after', '^INSERT INTO issues', [], { count: 3 }),
    unconfirmed('comment', 'issue:7', 'untrusted-author'),
    unconfirmed('labels', 'issue:7', 'blocked'),
    confirmed('claim', 'refs/disinto/claims/1'),
    intended('labels', 'issue:1', 'in-progress'),
    inSession('implement', 120),
    whileWorking(400),
    sessionOver(),
    confirmed('push', 'refs/heads/fix/issue-1'),
    unconfirmed('pull-request', 'issue:1'),
    confirmed('push', /^refs\/heads\/disinto\/merge\//),
  ],
  'from the push over CI and review to the merge': [
    unconfirmed('push', 'refs/heads/fix/issue-1'),
    forge('CI has begun', 'after', '^INSERT INTO statuses', ['^pending$'], { delayMs: 60 }),
    forge('CI is done, not posted', 'before', '^INSERT INTO statuses', ['^success$']),
    inSession('review', 120),
    unconfirmed('issue', 'Say what the plain value means'),
    unconfirmed('review'),
    confirmed('review'),
    confirmed('certificate'),
    forge('the merge is made, main has not moved', 'after', 'INTO merge_intents'),
    forge('main has moved, the pull request does not know', 'before', '^UPDATE pulls SET merged_at'),
    unconfirmed('merge'),
    intended('note'),
    unconfirmed('note'),
  ],
  'repairs of red checks and after a review': [
    unconfirmed('labels', 'issue:1', 'in-progress'),
    inSession('fix-checks', 120),
    unconfirmed('push', 'refs/heads/fix/issue-3'),
    inSession('address-review', 120),
    confirmed('push', 'refs/heads/fix/issue-4'),
    unconfirmed('comment', /^pr:\d+$/, /^reply-\d+$/),
  ],
  'failed sessions, refusals and held changes': [
    unconfirmed('comment', 'issue:5', 'work-log'),
    confirmed('comment', 'issue:5', 'needs-information'),
    confirmed('push', 'refs/disinto/held/6'),
    unconfirmed('comment', 'issue:6', 'protected-change'),
  ],
};

/** Milliseconds after the start of a process. */
export const randomDelays: readonly number[] = random(7, 8).map((part) => Math.round(200 + 3800 * part));

/** The same numbers in [0, 1) every time. */
function random(seed: number, count: number): readonly number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  });
}
