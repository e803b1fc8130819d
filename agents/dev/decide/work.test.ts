import { describe, expect, it } from 'vitest';
import type { DevStep, Item, Work } from '#dev/snapshot';
import { green, head, pending, pullRequest, red, sha } from '#domain/test/sample';
import { failed, item, limits, park, round, times, work } from '../test/sample.ts';
import { decideWork } from './work.ts';

function decide(one: Work, more: Partial<Omit<Item, 'issue'>> = {}): DevStep | null {
  return decideWork(item(1, { work: one, owner: 'me', ...more }), limits);
}

function say(step: DevStep | null): string {
  if (step === null) return 'waits';
  return step.do === 'park' ? `park ${step.slug}` : step.do;
}

const cause = 'ci/test/step';
const infra = (runs: number) => ({ checks: red, cause, infra: { onlyInfra: true, runs } });
const asked = (requested: number) => ({ review: { verdict: 'changes-requested' as const, asked: [3], requested } });
const conflict = { kind: 'conflict' as const, paths: ['a.ts'] };
const later = park({ unparked: 'comment by @maintainer', at: '2026-01-09T00:00:00.000Z' });

describe('a pull request', () => {
  it.each<[string, Work, string]>([
    ['green, without a review', work(), 'waits'],
    ['pending', work({ checks: pending }), 'waits'],
    ['I5: without CI', work({ checks: { kind: 'none', head } }), 'waits'],
    ['approved', work({ review: { verdict: 'approved' } }), 'waits'],
    ['closed by a person', work({ pullRequest: pullRequest(2, { state: 'closed' }) }), 'park closed-by-person'],
    ['M3: refused by the forge', work({ refused: 'not allowed', review: { verdict: 'approved' } }), 'park merge-refused'],
    ['R5: whose review fails', work({ reviewFailures: { count: 3, why: 'no answer' } }), 'park session-failed'],
    ['R5: whose review failed twice', work({ reviewFailures: { count: 2, why: 'no answer' } }), 'waits'],
    ['owing a reply', work({ review: { unanswered: [{ review: 3, from: head, round: round('address-review') }] } }), 'reply'],
    ['red', work({ checks: red }), 'fix-checks'],
    ['I12: red, and CI does not say now what it is', work({ checks: red, unread: 'CI does not answer' }), 'waits'],
    ['red and rejected: checks first', work({ checks: red, ...asked(1) }), 'fix-checks'],
    ['M11: rejected while CI is pending', work({ checks: pending, ...asked(1) }), 'address-review'],
    ['rejected', work(asked(1)), 'address-review'],
    ['rejected too often', work(asked(5)), 'park review-exhausted'],
    ['M13: in conflict', work({ merge: conflict }), 'resolve-conflict'],
    ['in conflict again and again', work({ merge: conflict, rounds: times(3, () => round('resolve-conflict', 'conflict')) }), 'park conflict-exhausted'],
    ['M12: whose merge result is red', work({ merge: { kind: 'red-result', commit: sha('b') }, cause: 'merge result: ci/test' }), 'fix-checks'],
    ['I8: red by the machine, once', work(infra(1)), 'rerun-checks'],
    ['I8: red by the machine, twice', work(infra(2)), 'rerun-checks'],
    ['I8: red by the machine, for the third time', work(infra(3)), 'fix-checks'],
    ['I8: red by machine and change', work({ checks: red, cause, infra: { onlyInfra: false, runs: 1 } }), 'fix-checks'],
  ])('%s', (_, one, step) => expect(say(decide(one))).toBe(step));
});

describe('budgets', () => {
  const fixes = (count: number, of = cause) => times(count, () => round('fix-checks', of));

  it('I1, I4: three accepted fixes of one cause, counted from the branch itself', () => {
    expect(say(decide(work({ checks: red, cause, rounds: fixes(2) })))).toBe('fix-checks');
    expect(say(decide(work({ checks: red, cause, rounds: fixes(3) })))).toBe('park checks-exhausted');
  });

  it('another cause has a budget of its own, nine fixes are the end of all', () => {
    expect(say(decide(work({ checks: red, cause, rounds: fixes(3, 'ci/lint/step') })))).toBe('fix-checks');
    expect(say(decide(work({ checks: red, cause, rounds: [...fixes(3, 'a'), ...fixes(3, 'b'), ...fixes(3, 'c')] })))).toBe('park checks-exhausted');
  });

  it('D15: a session that changed nothing is a failed session of this head, not a fix', () => {
    const attempts = times(3, () => failed('fix-checks'));
    expect(say(decide(work({ checks: red, cause }), { attempts: attempts.slice(1) }))).toBe('fix-checks');
    expect(decide(work({ checks: red, cause }), { attempts })).toMatchObject({
      slug: 'session-failed',
      prose: 'fix-checks failed 3 times, last: it said nothing',
    });
  });

  it('failures of an earlier head or of another task count for nothing', () => {
    const attempts = [...times(3, () => failed('fix-checks', { head: sha('e') })), ...times(3, () => failed('address-review'))];
    expect(say(decide(work({ checks: red, cause }), { attempts }))).toBe('fix-checks');
  });

  it('D5, C18: every budget starts anew when a person lets it go on', () => {
    const attempts = times(3, () => failed('fix-checks'));
    expect(say(decide(work({ checks: red, cause, rounds: fixes(3) }), { attempts, park: later }))).toBe('fix-checks');
    const conflicts = times(3, () => round('resolve-conflict', 'conflict'));
    expect(say(decide(work({ merge: conflict, rounds: conflicts }), { park: later }))).toBe('resolve-conflict');
  });

  it('D6: every park that a person ends says so to its readers by the same field', () => {
    const slugs = [work({ refused: 'x' }), work(asked(5)), work({ checks: red, cause, rounds: fixes(3) })].map((one) => decide(one));
    for (const step of slugs) expect(step).toMatchObject({ do: 'park', until: 'person' });
  });

  it('C20: a closed pull request uses up its attempt', () => {
    const one = work({ pullRequest: pullRequest(2, { state: 'closed', branch: 'fix/issue-1-2' }) });
    expect(decide(one)).toMatchObject({ slug: 'closed-by-person', attempt: 2 });
  });

  it('the cause of a repair names what is repaired', () => {
    expect(decide(work({ checks: red, cause }))).toMatchObject({ cause });
    expect(decide(work({ ...asked(1), checks: green }))).toMatchObject({ cause: 'reviews 3' });
  });
});
