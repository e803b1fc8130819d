import { describe, expect, it } from 'vitest';
import type { CheckState } from '#domain/check';
import { approval, green, head, pending, pullRequest, red, sha } from '#domain/test/sample';
import { type Candidate, decideMergeStep, type MergeStep, type Result } from './decide.ts';

const tree = sha('b');
const commit = sha('c');

const none: CheckState = { kind: 'none', head };
const atHead: Result = { kind: 'head', tree };
const onBranch = (checks: CheckState): Result => ({ kind: 'on-branch', tree, commit, checks });

function candidate(number: number, part: Partial<Candidate> = {}): Candidate {
  return { pullRequest: pullRequest(number), issue: number, approval, checks: green, result: atHead, refused: false, ...part };
}

const say = (step: MergeStep): string => ('candidate' in step ? `${step.do} #${step.candidate.pullRequest.number}` : step.do);

describe('an approved pull request', () => {
  it.each<[string, Partial<Candidate>, string, string | undefined]>([
    ['green on the tip', {}, 'merge #1', undefined],
    ['I5: without CI', { checks: none }, 'merge #1', undefined],
    ['I5: without CI, behind', { checks: none, result: { kind: 'untested', tree } }, 'merge #1', undefined],
    ['pending', { checks: pending }, 'wait', '#1 waits for ci/test'],
    ['red', { checks: red }, 'nothing', 'nothing that is approved can land'],
    ['M2, M13: in conflict', { result: { kind: 'conflict' } }, 'nothing', 'nothing that is approved can land'],
    ['M12: behind, result untested', { result: { kind: 'untested', tree } }, 'test-result #1', undefined],
    ['M12: result pending', { result: onBranch(pending) }, 'wait', '#1: its merge result waits for ci/test'],
    ['M12: result red', { result: onBranch(red) }, 'report-red #1', undefined],
    ['M12: result green', { result: onBranch(green) }, 'merge #1', undefined],
    ['M3, D10: refused by the forge', { refused: true }, 'nothing', 'nothing that is approved can land'],
    ['M6: without an issue', { issue: null }, 'merge #1', undefined],
  ])('%s', (_, part, step, reason) => {
    const chosen = decideMergeStep([candidate(1, part)]);
    expect(say(chosen)).toBe(step);
    expect('reason' in chosen ? chosen.reason : undefined).toBe(reason);
  });

  it('lands what was tested: the head itself, or the commit on its branch', () => {
    expect(decideMergeStep([candidate(1)])).toMatchObject({ tested: head, tree });
    expect(decideMergeStep([candidate(1, { result: onBranch(green) })])).toMatchObject({ tested: commit, tree });
  });
});

it('M5: nothing in front holds up what can land', () => {
  const front = [
    candidate(1, { checks: pending }),
    candidate(2, { refused: true }),
    candidate(3, { result: { kind: 'conflict' } }),
    candidate(4, { checks: red }),
  ];
  expect(say(decideMergeStep([...front, candidate(5)]))).toBe('merge #5');
  expect(decideMergeStep(front)).toEqual({ do: 'wait', reason: '#1 waits for ci/test' });
});

it('oldest first; nothing when nothing is approved', () => {
  expect(say(decideMergeStep([candidate(1), candidate(2)]))).toBe('merge #1');
  expect(decideMergeStep([])).toEqual({ do: 'nothing', reason: 'nothing is approved' });
});
