import { expect, it } from 'vitest';
import { type CommitStatus, reduceChecks } from '../check.ts';
import { asSha } from '../sha.ts';

const head = asSha('a'.repeat(40));
let ids = 0;
const status = (context: string, state: CommitStatus['state'], creator = 'ci'): CommitStatus => ({
  id: (ids += 1),
  context,
  state,
  description: '',
  targetUrl: null,
  creator,
});

it.each<[string, readonly CommitStatus[], readonly string[], string]>([
  ['I5: nothing is required', [status('ci/x', 'failure')], [], 'none'],
  ['nothing was said', [], ['ci/test'], 'pending'],
  ['green', [status('ci/test', 'success')], ['ci/test'], 'success'],
  ['a warning is no failure', [status('ci/test', 'warning')], ['ci/test'], 'success'],
  ['pending', [status('ci/test', 'pending')], ['ci/test'], 'pending'],
  ['red', [status('ci/test', 'failure')], ['ci/test'], 'failure'],
  ['an error is red', [status('ci/test', 'error')], ['ci/test'], 'failure'],
  ['one of two is missing', [status('ci/test', 'success')], ['ci/lint', 'ci/test'], 'pending'],
  ['red wins over pending', [status('ci/test', 'failure')], ['ci/lint', 'ci/test'], 'failure'],
  ['I9: an optional context is red', [status('ci/test', 'success'), status('ci/optional', 'failure')], ['ci/test'], 'success'],
  ['I9: an optional context is stuck', [status('ci/test', 'success'), status('ci/optional', 'pending')], ['ci/test'], 'success'],
  ['a rerun went well', [status('ci/test', 'failure'), status('ci/test', 'success')], ['ci/test'], 'success'],
  ['a rerun is under way', [status('ci/test', 'failure'), status('ci/test', 'pending')], ['ci/test'], 'pending'],
  ['L15: the author says green itself', [status('ci/test', 'success', 'dev')], ['ci/test'], 'pending'],
  ['somebody else says red', [status('ci/test', 'success'), status('ci/test', 'failure', 'outsider')], ['ci/test'], 'success'],
])('%s', (_, statuses, required, kind) => expect(reduceChecks(head, statuses, required, 'ci').kind).toBe(kind));

it('the newest status of a context has the highest id, in whatever order they come', () => {
  const [old, young] = [status('ci/test', 'failure'), status('ci/test', 'success')];
  expect(reduceChecks(head, [young, old], ['ci/test'], 'ci')).toEqual({ kind: 'success', head, contexts: [{ context: 'ci/test', status: young.id }] });
});

it('names what is missing, and what failed', () => {
  const failed = status('ci/test', 'error');
  expect(reduceChecks(head, [], ['ci/lint', 'ci/test'], 'ci')).toEqual({ kind: 'pending', head, missing: ['ci/lint', 'ci/test'] });
  expect(reduceChecks(head, [failed], ['ci/lint', 'ci/test'], 'ci')).toEqual({ kind: 'failure', head, failed: [failed] });
});
