import type { Outcome } from './demo.ts';
import { approveAll, type Entry, type FolderPlan, type GivenIssue, shellRepo, workflow } from './folder.ts';

export const faults = ['hang', 'cut', 'malformed', 'http-401', 'http-429', 'http-500', 'loop'] as const;
export const tasks = ['implement', 'fix-checks', 'address-review', 'resolve-conflict', 'review'] as const;

export type Fault = (typeof faults)[number];
export type Task = (typeof tasks)[number];

/** One issue whose sessions of one task fail so many times in a row before they would do it. */
export interface Case {
  readonly task: Task;
  readonly fault: Fault;
  readonly times: 1 | 3;
}

/** How the case must end: what is merged or why it is parked, and every session that may have run for it, by task. */
export interface Ending {
  readonly state: Outcome['state'];
  readonly reason: string | null;
  readonly failed: number;
  /** Most sessions that an issue of this case may take in all. */
  readonly most: number;
}

export interface FaultFolder {
  readonly plan: FolderPlan;
  /** Of issue 1 (the rival of the conflicts), 2, 3, … */
  readonly endings: readonly Ending[];
}

type Repository = 'shell' | 'python';

const pythonRepo: Readonly<Record<string, string>> = {
  'README.md': '# Values\n',
  'values/first.txt': 'first=good\n',
  'tests/__init__.py': '',
  'tests/test_values.py':
    'import pathlib\nimport unittest\n\n\nclass Values(unittest.TestCase):\n    def test_none_is_bad(self) -> None:\n        for path in pathlib.Path("values").glob("*.txt"):\n            self.assertNotIn("=bad", path.read_text())\n',
  '.woodpecker/check.yaml': workflow('python3 -m unittest -q'),
};

/**
 * A folder with one issue per case, conflicts first. Issue 1 changes what the cases of conflicts change, too; its reviewer waits (through the folder
 * `flags` outside of the repository) until each of them has begun on the old base, so that they conflict for sure.
 */
export function faultFolder(given: readonly Case[], repository: Repository, flags: string): FaultFolder {
  const cases = given.toSorted((a, b) => Number(b.task === 'resolve-conflict') - Number(a.task === 'resolve-conflict'));
  const conflicts = cases.flatMap((one, at) => (one.task === 'resolve-conflict' ? [nameOf(at)] : []));
  const rival = 'Set what others set, too';
  const count = conflicts.length;
  const playbook: Entry[] = [
    {
      when: { agent: 'dev', task: 'implement', issue: rival },
      do: [{ run: ['first', ...conflicts].map((name) => `echo ${name}=left > values/${name}.txt`).join('; ') }],
      answer: { status: 'done', summary: 'Set them.' },
    },
    {
      when: { agent: 'reviewer', issue: rival },
      do: [{ run: `for i in $(seq 400); do test $(ls ${flags} | wc -l) -ge ${count} && break; sleep 0.1; done` }],
      answer: { verdict: 'approve', summary: 'Good.' },
    },
    ...cases.flatMap((one, at) => entriesOf(one, at, flags)),
    approveAll,
  ];
  const issues: GivenIssue[] = [{ title: rival }, ...cases.map((one, at) => ({ title: titleOf(one, at) }))];
  const limits = 'limits = { turns = 8 }';
  const config = `[projects.values]\nrepository = "demo/values"\n\n[projects.values.policy]\nopen-pull-requests = 40\n\n[agents.dev]\n${limits}\n\n[agents.reviewer]\n${limits}\n`;
  return {
    plan: { files: repository === 'shell' ? shellRepo : pythonRepo, issues, playbook, config },
    endings: [{ state: 'merged', reason: null, failed: 0, most: 2 }, ...cases.map(endingOf)],
  };
}

/** Every fault at every task. */
export function everyCase(times: Case['times']): readonly Case[] {
  return tasks.flatMap((task) => faults.map((fault) => ({ task, fault, times })));
}

const nameOf = (at: number): string => `value-${at + 2}`;
const titleOf = ({ task, fault, times }: Case, at: number): string => `${nameOf(at)}: ${fault} at ${task}, ${times === 1 ? 'once' : 'thrice'}`;

function entriesOf(one: Case, at: number, flags: string): readonly Entry[] {
  const { task, fault, times } = one;
  const [issue, name] = [titleOf(one, at), nameOf(at)];
  const set = (value: string): unknown => ({ run: `echo ${name}=${value} > values/${name}.txt` });
  const done = { status: 'done', summary: `Set ${name}.` };
  const dev = (of: Task, value: string): Entry => ({
    when: { agent: 'dev', task: of, issue },
    do: [set(value), ...(of === 'implement' && task === 'resolve-conflict' ? [{ run: `touch ${flags}/${name}` }] : [])],
    answer: done,
  });
  const agent = task === 'review' ? 'reviewer' : 'dev';
  const before = agent === 'dev' ? [set('half')] : [];
  const broken: Entry = { when: { agent, task, issue }, times, do: [...before, { fault }] };
  const asks: Entry = {
    when: { agent: 'reviewer', issue, round: 1 },
    answer: {
      verdict: 'request_changes',
      summary: 'Better is better.',
      comments: [{ path: `values/${name}.txt`, line: 1, severity: 'major', body: 'Better.' }],
    },
  };
  switch (task) {
    case 'implement':
      return [broken, dev('implement', 'good')];
    case 'fix-checks':
      return [dev('implement', 'bad'), broken, dev('fix-checks', 'good')];
    case 'address-review':
      return [dev('implement', 'good'), asks, broken, dev('address-review', 'better')];
    case 'resolve-conflict':
      return [dev('implement', 'right'), broken, dev('resolve-conflict', 'both')];
    case 'review':
      return [dev('implement', 'good'), broken];
  }
}

function endingOf({ task, times }: Case): Ending {
  const own = { implement: 2, 'fix-checks': 3, 'address-review': 4, 'resolve-conflict': 4, review: 2 }[task];
  return times === 1 ? { state: 'merged', reason: null, failed: 1, most: own + 1 } : { state: 'parked', reason: 'session-failed', failed: 3, most: own + 3 };
}
