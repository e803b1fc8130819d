import { expect, it } from 'vitest';
import type { Item, Work } from '#dev/snapshot';
import { decideDevStep } from '../../agents/dev/decide/decide.ts';
import { approval, green, head, issue, pending, pullRequest, red, sha } from '#domain/test/sample';
import { backlog, blocked, failed, inProgress, item, limits, park, round, snapshot, times, work } from '../../agents/dev/test/sample.ts';
import { decideMergeStep } from '../../agents/merger/decide.ts';
import { decideReviewStep } from '../../agents/reviewer/decide.ts';

const checks = [green, pending, red, { kind: 'none', head }] as const;
const reviews = [
  { verdict: 'none' },
  { verdict: 'approved' },
  { verdict: 'changes-requested', asked: [3], requested: 1 },
  { verdict: 'changes-requested', asked: [3], requested: limits.reviewRounds },
] as const;
const merges = [{ kind: 'clean' }, { kind: 'conflict', paths: ['a'] }, { kind: 'red-result', commit: sha('b') }] as const;
const histories = [[], times(9, () => round('fix-checks', 'c')), times(3, () => round('resolve-conflict', 'conflict'))] as const;
const attempts = [[], ['implement', 'fix-checks', 'address-review', 'resolve-conflict'].flatMap((task) => times(3, () => failed(task)))] as const;

function* openWorks(): Generator<Work> {
  for (const check of checks)
    for (const review of reviews)
      for (const merge of merges)
        for (const refused of [null, 'not allowed'])
          for (const count of [0, 3])
            for (const rounds of histories)
              for (const runs of check.kind === 'failure' ? [1, 3] : [0])
                yield work({
                  checks: check,
                  review,
                  merge,
                  refused,
                  rounds,
                  cause: 'c',
                  reviewFailures: { count, why: 'x' },
                  infra: runs === 0 ? null : { onlyInfra: true, runs },
                });
}

const works: readonly (Work | null)[] = [null, work({ pullRequest: pullRequest(2, { state: 'closed' }) }), ...openWorks()];
const parks = [
  null,
  park({ unparked: 'comment by @maintainer', at: '' }),
  park({ until: 'person' }),
  park({ until: 'person', held: { commit: head, branch: 'fix/issue-1', task: 'implement' } }),
  park({ until: 'closed', waitsFor: [7] }),
  park({ until: 'taken-up', waitsFor: [7] }),
  park({ until: 'condition' }),
] as const;
const waits = [[], [{ number: 7, state: 'open' }], [{ number: 7, state: 'parked' }], [{ number: 7, state: 'missing' }]] as const;
const labelSets = [backlog, inProgress, blocked, new Set<string>()];

function* items(one: Work | null): Generator<Item> {
  for (const record of parks)
    for (const owner of ['nobody', 'me', 'other-agent', 'person'] as const)
      for (const labels of labelSets)
        for (const waitsFor of one === null || record?.unparked === null ? waits : [[]])
          for (const released of record?.unparked === null ? [null, 'comment by @maintainer'] : [null])
            for (const trusted of one === null ? [true, false] : [true])
              for (const log of attempts)
                yield item(1, {
                  park: record,
                  owner,
                  waitsFor,
                  released,
                  trusted,
                  work: one,
                  attempts: log,
                  mirrored: record?.unparked !== null || labels === blocked,
                  issue: { labels },
                });
}

/** Who moves an item on that the dev agent leaves alone, as far as the other agents and visible words say; empty when nobody does. */
function mover(one: Item): string {
  if (one.park?.unparked === null) return one.mirrored ? 'whoever the comment of the park names' : '';
  if (one.owner === 'person') return 'the person who took it';
  if (one.owner === 'other-agent') return 'the agent whose claim is alive, or the end of its lease';
  if (one.issue.labels.has('blocked')) return 'the person who set the label';
  return one.work === null ? queueMover(one) : workMover(one, one.work);
}

function queueMover(one: Item): string {
  if (one.waitsFor.length > 0) return 'whoever closes what it waits for';
  if (one.issue.labels.has('backlog')) return '';
  return 'a maintainer, who may queue it';
}

function workMover(one: Item, of: Work): string {
  if (of.checks.kind === 'pending') return 'CI';
  const pull = of.pullRequest;
  if (of.review.verdict === 'none') {
    const reviewable = { pullRequest: pull, issue: issue(1), comments: [], earlier: [], tip: head, checks: of.checks.kind, failures: of.reviewFailures.count };
    return decideReviewStep([reviewable]).do === 'review' ? 'reviewer' : '';
  }
  const result = of.merge.kind === 'clean' ? ({ kind: 'head', tree: head } as const) : ({ kind: 'conflict' } as const);
  const step = decideMergeStep([{ pullRequest: pull, issue: one.issue.number, approval, checks: of.checks, result, refused: of.refused !== null }]);
  return step.do === 'merge' ? 'merger' : '';
}

it('D1, D2, D4, D8: whatever was reached when a worker died, a step is chosen or it is plain who moves next', () => {
  const stuck: string[] = [];
  let looked = 0;
  for (const one of works)
    for (const each of items(one)) {
      looked += 1;
      const step = decideDevStep(snapshot([each]));
      if (step.do !== 'wait' && step.do !== 'nothing') continue;
      if (step.reason === '' || mover(each) === '') stuck.push(JSON.stringify(each));
    }
  expect(stuck.slice(0, 3), `${stuck.length} of ${looked} states`).toEqual([]);
  expect(looked).toBeGreaterThan(100_000);
});
