import type { Issue } from '#domain/issue';
import { labels } from '#domain/name';
import type { Park } from '#domain/park';
import { green, head, pullRequest, issue } from '#domain/test/sample';
import type { Attempt } from '#domain/work-log';
import type { DevSnapshot, Item, Round, Work } from '#dev/snapshot';

export const backlog = new Set<string>([labels.backlog.name]);
export const inProgress = new Set<string>([labels.inProgress.name]);
export const blocked = new Set<string>([labels.blocked.name]);

/** An issue of a maintainer that is queued and ready. */
export function item(number: number, part: Partial<Omit<Item, 'issue'>> & { readonly issue?: Partial<Issue> } = {}): Item {
  return {
    trusted: true,
    park: null,
    mirrored: true,
    edited: false,
    released: null,
    waitsFor: [],
    cycle: null,
    owner: 'nobody',
    attempts: [],
    landed: false,
    nextAttempt: 1,
    work: null,
    ...part,
    issue: issue(number, { labels: backlog, ...part.issue }),
  };
}

export function park(part: Partial<Park> = {}): Park {
  return {
    slug: 'needs-information',
    prose: 'which one?',
    unparked: null,
    at: '2026-01-02T00:00:00.000Z',
    run: 'run_0',
    seen: 10,
    waitsFor: [],
    until: 'person',
    text: null,
    approvedText: null,
    held: null,
    attempt: 0,
    ...part,
  };
}

/** A pull request that is green and waits for its review. */
export function work(part: Partial<Omit<Work, 'review'>> & { readonly review?: Partial<Work['review']> } = {}): Work {
  return {
    pullRequest: pullRequest(2),
    checks: green,
    infra: null,
    unread: null,
    cause: part.checks?.kind === 'failure' ? 'ci/test/step' : '',
    rounds: [],
    merge: { kind: 'clean' },
    refused: null,
    reviewFailures: { count: 0, why: '' },
    ...part,
    review: { verdict: 'none', asked: [], requested: 0, unanswered: [], ...part.review },
  };
}

export function round(task: string, cause = '', at = '2026-01-03T00:00:00.000Z'): Round {
  return { head, task, run: 'run_1', cause, at };
}

export function failed(task: string, part: Partial<Attempt> = {}): Attempt {
  return { task, run: 'run_1', at: '2026-01-03T00:00:00.000Z', head: task === 'implement' ? '' : head, error: 'answer', why: 'it said nothing', ...part };
}

export const times = <T>(count: number, make: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => make(at));

export const limits: DevSnapshot['limits'] = { outsiders: 'park', fixRounds: 3, reviewRounds: 5, conflictRounds: 3, openPullRequests: 3 };

export function snapshot(items: readonly Item[], part: Partial<DevSnapshot> = {}): DevSnapshot {
  return { me: 'dev', items, stray: [], unlabelled: null, limits, ...part };
}
