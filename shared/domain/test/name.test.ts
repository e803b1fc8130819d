import { expect, it } from 'vitest';
import { attemptBranch, attemptOf, mergeBranch, mergeBranchNumber } from '../name.ts';
import { asSha, short } from '../sha.ts';

it.each([
  ['fix/issue-7', { issue: 7, attempt: 1 }],
  ['fix/issue-7-2', { issue: 7, attempt: 2 }],
  ['fix/issue-123', { issue: 123, attempt: 1 }],
  ['fix/issue-0', null],
  ['fix/issue-7-0', null],
  ['fix/issue-7-x', null],
  ['fix/issue-07', null],
  ['x/fix/issue-7', null],
  ['fix/issue-7/more', null],
  ['main', null],
])('D3: the branch %s belongs to %j', (branch, attempt) => {
  expect(attemptOf(branch)).toEqual(attempt);
  if (attempt !== null) expect(attemptBranch(attempt.issue, attempt.attempt)).toBe(branch);
});

it.each([
  ['disinto/merge/12', 12],
  ['disinto/merge/0', null],
  ['disinto/merge/1/2', null],
  ['fix/issue-1', null],
])('the branch %s holds the merge result of %j', (branch, number) => {
  expect(mergeBranchNumber(branch)).toBe(number);
  if (number !== null) expect(mergeBranch(number)).toBe(branch);
});

it('a full object name is one, anything shorter is refused', () => {
  expect(short(asSha('0123456789abcdef'.repeat(4)))).toBe('0123456789');
  for (const text of ['', 'abc', 'A'.repeat(40), 'g'.repeat(40), 'a'.repeat(41)]) expect(() => asSha(text)).toThrow(TypeError);
});
