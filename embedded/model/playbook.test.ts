import { describe, expect, it } from 'vitest';
import { loadPlaybook, PlaybookError } from './playbook.ts';

const problemsOf = (text: string): readonly string[] => {
  try {
    loadPlaybook(text, 'playbook.yaml');
  } catch (error) {
    if (error instanceof PlaybookError) return error.message.split('\n');
    throw error;
  }
  return [];
};

describe('loadPlaybook', () => {
  it('reads entries in order, with every key optional', () => {
    const { entries } = loadPlaybook(
      `- when: { agent: dev, task: implement, issue: "7", round: 2 }
  do:
    - write: { path: a.ts, content: "a" }
    - run: "npm test"
    - say: "so"
    - fault: hang
  times: 3
- when: { issue: 7 }
  answer: [ "raw", { status: done } ]
- answer: { verdict: approve }
`,
      'playbook.yaml',
    );
    expect(entries.map((entry) => [entry.number, entry.times, entry.when.issue])).toEqual([
      [1, 3, '7'],
      [2, 1, 7],
      [3, 1, null],
    ]);
    expect(entries[0]?.items.map((item) => item.kind)).toEqual(['write', 'run', 'say', 'fault']);
    expect(entries[1]?.answers).toEqual(['raw', '{"status":"done"}']);
    expect(entries[2]?.when).toEqual({ agent: null, task: null, issue: null, round: null });
  });

  it('says every problem at once, each with its line and what would be right', () => {
    const problems = problemsOf(`- when: { agnet: dev, task: implemnt }
  do:
    - wriet: { path: a }
    - fault: hung
  times: 0
  answer: { status: done }
- do:
    - run: ls
      say: two at once
- when:
    round: one
  answer: 3
`);
    expect(problems).toEqual([
      expect.stringContaining('playbook.yaml:1: [0].when: unknown key `agnet`; did you mean `agent`?'),
      expect.stringContaining(
        'playbook.yaml:1: [0].when.task: must be one of implement, fix-checks, address-review, resolve-conflict, review; did you mean `implement`?',
      ),
      expect.stringContaining('playbook.yaml:3: [0].do[0]: unknown key `wriet`; did you mean `write`?'),
      expect.stringContaining(
        'playbook.yaml:4: [0].do[1].fault: must be one of hang, cut, malformed, http-401, http-429, http-500, loop; did you mean `hang`?',
      ),
      expect.stringContaining('playbook.yaml:5: [0].times: times must be a whole number from 1'),
      expect.stringContaining('playbook.yaml:8: [1].do[0]: an item of `do` has exactly one of write, run, say, fault'),
      expect.stringContaining('playbook.yaml:11: [2].when.round: round must be a whole number from 1'),
      expect.stringContaining('playbook.yaml:12: [2].answer[0]: answer must be a mapping'),
    ]);
  });

  it.each([
    ['a text that is not YAML', '- when: {', 'playbook.yaml:1: not valid YAML'],
    ['an empty file', '', 'playbook.yaml:1: a playbook is a list of entries'],
    ['a mapping instead of a list', 'entries: []\n', 'playbook.yaml:1: a playbook is a list of entries'],
    ['an entry that cannot end', '- when: { agent: dev }\n  do: [{ run: ls }]\n', 'playbook.yaml:1: [0]: an entry needs an `answer`, or a `fault`'],
    ['content that is not a text', '- do: [{ write: { path: a, content: 3 } }]\n  answer: x\n', 'content must be a text'],
    ['a key given twice', '- answer: x\n  answer: y\n', 'playbook.yaml:2: not valid YAML: Map keys must be unique'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`)
        .join('\n')}\n`,
      'not usable YAML',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message);
  });
});
