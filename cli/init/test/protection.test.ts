import { describe, expect, it } from 'vitest';
import type { ProtectionRule, StandingRule } from '#forge/admin';
import { judgeProtection, ruleFor, whatPermits } from '../protection.ts';

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
    [{ approvals: { required: 2, by: { only: ['reviewer-bot'] } } }, ['2 approvals are asked for, and those of fewer accounts count']],
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

it('is mended so that whoever may approve is enough', () => {
  const bad: ProtectionRule = { ...wanted, approvals: { required: 3, by: 'writers' } };
  const mended: ProtectionRule = Object.assign({}, bad, ...judgeProtection(bad, wanted, agents).map(({ change }) => change));
  expect([mended.approvals, judgeProtection(mended, wanted, agents)]).toEqual([wanted.approvals, []]);
});

/** Rules in the order of their making; `name@3` has a priority. */
const standing = (names: readonly string[]): readonly StandingRule[] =>
  names.map((text, index) => {
    const [name = '', priority] = text.split('@');
    return { rule: { ...wanted, name }, priority: priority === undefined ? null : Number(priority), madeAt: `2026-01-05T00:00:0${index}Z`, whole: text };
  });

it.each([
  ['main', ['*', 'main'], 'main'],
  ['main', ['m*'], 'm*'],
  ['main', ['MAIN'], 'MAIN'],
  ['main', ['M*'], null],
  ['main', ['**', 'm*'], '**'],
  ['main', ['main@2', 'm*@1'], 'm*'],
  ['main', ['m*@1', 'main@1'], 'main'],
  ['main', ['m*@3', 'ma*@1', 'x@0'], 'ma*'],
  ['main', ['{main,release}'], '{main,release}'],
  ['main', ['{ma{x,in},release/*}'], '{ma{x,in},release/*}'],
  ['release/1', ['{main,release/*}'], '{main,release/*}'],
  ['main', ['m[!x]in'], 'm[!x]in'],
  ['main', ['ma[a-k]n'], 'ma[a-k]n'],
  ['main', ['m[!a]in', 'm[z-a]in', '{main', 'ma[in'], null],
  ['main', ['m\\ain'], 'm\\ain'],
  ['a,b', ['a,b'], 'a,b'],
  ['release/1', ['*'], null],
  ['release/1', ['release/*'], 'release/*'],
  ['release/1', ['release/?'], 'release/?'],
  ['release/1/2', ['release/*'], null],
  ['release/1/2', ['release/**'], 'release/**'],
  ['mainx', ['main'], null],
])('%s among the rules %j is under %s', (branch, names, expected) => expect(ruleFor(standing(names), branch)?.rule.name ?? null).toBe(expected));

describe('what of a rule lets a push through', () => {
  const probe = ['vault/policy.toml'];
  it.each<[Partial<ProtectionRule>, readonly string[], string | null]>([
    [{}, probe, null],
    [{ push: 'writers' }, probe, 'lets everybody push who may write'],
    [{ push: { only: ['alice'] } }, probe, null],
    [{ push: { only: ['Dev-Bot'] } }, probe, 'names dev-bot among those who push'],
    [{ push: 'writers', protectedFiles: ['vault/**'] }, probe, null],
    [{ protectedFiles: [], unprotectedFiles: ['VAULT/{policy,other}.toml'] }, probe, 'lets everybody who may write push VAULT/{policy,other}.toml'],
    [{ unprotectedFiles: ['vault/*'] }, probe, null],
    [{ unprotectedFiles: ['docs/**'] }, [], 'lets everybody who may write push docs/**'],
    [{ unprotectedFiles: [] }, [], null],
  ])('%j with %j: %s', (change, files, expected) => expect(whatPermits({ ...wanted, ...change }, 'dev-bot', files)).toBe(expected));

  it('and where no bookkeeping is wanted, every file of that kind is a lack', () => {
    const plain = { ...wanted, unprotectedFiles: [] };
    expect(judgeProtection({ ...plain, unprotectedFiles: ['docs/**'] }, plain, agents)).toEqual([
      { what: 'docs/** can be pushed past review', change: { unprotectedFiles: [] } },
    ]);
  });
});
