import { describe, expect, it } from 'vitest';
import { findCycle, parseDependencies } from '../dependencies.ts';

describe('parseDependencies', () => {
  const table: readonly (readonly [string, string, readonly number[]])[] = [
    ['nothing', 'See #4.', []],
    ['inline', 'This depends on #3 and #5.', [3, 5]],
    ['inline, then another sentence', 'Depends on #3. See also #9.', [3]],
    ['blocked by', 'Blocked by: #2', [2]],
    ['section of any level', '### Depends on\n- #4\n- #5\n### Notes\n#6', [4, 5]],
    ['a deeper heading ends a section', '## Dependencies\n#1\n#### Why\n#2', [1]],
    ['number in the heading', '## Blocked by #7\n\ntext', [7]],
    ['C22: related issues and bullets are no dependencies', '## Related\n- #4\n\n- #5 is similar', []],
    ['C23: fenced code does not count', '```\ndepends on #4\n```\n~~~~\nblocked by #5\n~~~~', []],
    ['C23: fence inside a section', '## Depends on\n#1\n```\n#2\n```\n#3', [1, 3]],
    ['negation', 'Not blocked by anything, cf. #14', []],
    ['no longer', 'It no longer depends on #3', []],
    ['hidden comment', '<!-- depends on #8 -->\nok', []],
    ['quote', '> depends on #8', []],
    ['word boundary', 'depends on abc#12 and owner/repo#13', []],
    ['duplicates', 'depends on #2, #2 and #1', [1, 2]],
  ];
  it.each(table)('%s', (_name, body, expected) => {
    expect(parseDependencies(body)).toEqual(expected);
  });
});

describe('findCycle', () => {
  const edges = (graph: Record<number, number[]>) => (n: number) => graph[n] ?? [];
  it('D12: a cycle is reported with its members', () => {
    expect(findCycle(1, edges({ 1: [2], 2: [3], 3: [1] }))).toEqual([1, 2, 3]);
  });
  it('D12: an issue that depends on itself is a cycle', () => {
    expect(findCycle(4, edges({ 4: [4] }))).toEqual([4]);
  });
  it('an issue that only leads to a cycle is not on it', () => {
    expect(findCycle(1, edges({ 1: [2], 2: [3], 3: [2] }))).toBeNull();
  });
  it('a diamond is no cycle', () => {
    expect(findCycle(1, edges({ 1: [2, 3], 2: [4], 3: [4] }))).toBeNull();
  });
});
