import { describe, expect, it } from 'vitest';
import type { ProtectionRule } from '#forge/admin';
import { judgeProtection, ruleFor } from '../protection.ts';

const agents = ['dev-bot', 'reviewer-bot', 'merger-bot', 'ci-bot'];
const wanted: ProtectionRule = {
  name: 'main',
  push: 'nobody',
  merge: { only: ['merger-bot'] },
  approvals: { required: 1, by: { only: ['reviewer-bot'] } },
  dismissStaleApprovals: true,
  blockOnRejectedReviews: false,
  requiredContexts: null,
  protectedFiles: ['vault/actions/**'],
  unprotectedFiles: ['evidence/**'],
};
const judge = (change: Partial<ProtectionRule>): readonly string[] => judgeProtection({ ...wanted, ...change }, wanted, agents).map(({ what }) => what);

describe('what a protection lacks', () => {
  it.each<[Partial<ProtectionRule>, readonly string[]]>([
    [{}, []],
    [{ push: { only: ['alice'] } }, []],
    [{ merge: { only: ['MERGER-bot', 'alice'] } }, []],
    [{ approvals: { required: 2, by: { only: ['alice', 'reviewer-bot'] } }, requiredContexts: ['ci'], blockOnRejectedReviews: true }, []],
    [{ push: 'writers' }, ['dev-bot, reviewer-bot, merger-bot, ci-bot may push past review']],
    [{ push: { only: ['alice', 'ci-bot'] } }, ['ci-bot may push past review']],
    [{ merge: 'writers' }, ['dev-bot, reviewer-bot, ci-bot may merge']],
    [{ merge: { only: ['alice'] } }, ['merger-bot may not merge']],
    [{ approvals: { required: 0, by: { only: ['reviewer-bot'] } } }, ['no approval is asked for']],
    [{ approvals: { required: 1, by: 'writers' } }, ['approvals by reviewer-bot do not count']],
    [{ dismissStaleApprovals: false }, ['an approval stays when the change moves on']],
    [{ protectedFiles: [] }, ['vault/actions/** not kept from being changed']],
    [{ unprotectedFiles: [] }, ['evidence/** cannot be pushed as bookkeeping']],
  ])('%j: %j', (change, lacks) => expect(judge(change)).toEqual(lacks));

  it('is mended by its change, which keeps the people that are named', () => {
    const bad: ProtectionRule = {
      ...wanted,
      push: { only: ['alice', 'dev-bot'] },
      merge: { only: ['alice', 'dev-bot'] },
      approvals: { required: 2, by: { only: ['alice'] } },
      dismissStaleApprovals: false,
      protectedFiles: ['theirs'],
      unprotectedFiles: [],
    };
    const mended: ProtectionRule = Object.assign({}, bad, ...judgeProtection(bad, wanted, agents).map(({ change }) => change));
    expect(judgeProtection(mended, wanted, agents)).toEqual([]);
    expect(mended).toMatchObject({
      push: { only: ['alice'] },
      merge: { only: ['merger-bot', 'alice'] },
      approvals: { required: 2 },
      protectedFiles: ['theirs', 'vault/actions/**'],
    });
  });
});

it.each([
  ['main', ['main', '*'], 'main'],
  ['main', ['m*'], 'm*'],
  ['release/1', ['*'], null],
  ['release/1', ['release/*'], 'release/*'],
  ['release/1/2', ['release/**'], 'release/**'],
  ['mainx', ['main'], null],
])('%s among the rules %j is under %s', (branch, names, expected) =>
  expect(
    ruleFor(
      names.map((name) => ({ ...wanted, name })),
      branch,
    )?.name ?? null,
  ).toBe(expected),
);
