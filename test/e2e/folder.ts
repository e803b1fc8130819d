import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

export interface GivenIssue {
  readonly title: string;
  readonly body?: string | null;
  readonly labels?: readonly string[] | null;
  readonly author?: 'maintainer' | 'outsider';
}

/** One entry of a playbook. */
export interface Entry {
  readonly when: Readonly<Record<string, unknown>>;
  readonly do?: readonly unknown[];
  readonly answer?: unknown;
  readonly times?: number;
}

export interface FolderPlan {
  readonly name?: string;
  readonly issues: readonly GivenIssue[];
  readonly playbook?: readonly Entry[];
  readonly config?: string;
  /** Files of `repo/`, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A temporary place with a demo folder and room for what is kept; it is removed at the end of the `using` block. */
export interface Place extends Disposable {
  readonly folder: string;
  readonly keep: string;
}

export const workflow = (command: string): string =>
  `when:\n  - event: [push, pull_request]\nsteps:\n  - name: check\n    image: alpine:3\n    commands:\n      - ${command}\n`;

/** Refuses what is bad, so that a change can be red. */
export const shellRepo: Readonly<Record<string, string>> = {
  'README.md': '# Values\n',
  'check.sh': "# Refuses values that are bad.\nif grep -rn '=bad$' values; then exit 1; fi\n",
  'values/first.txt': 'first=good\n',
  '.woodpecker/check.yaml': workflow('sh check.sh'),
};

export const approveAll: Entry = { when: { agent: 'reviewer' }, times: 40, answer: { verdict: 'approve', summary: 'Good.' } };

/** The dev agent writes `values/<name>.txt` for this issue. */
export function writes(issue: string, name: string, more: readonly unknown[] = []): Entry {
  return {
    when: { agent: 'dev', task: 'implement', issue },
    do: [...more, { write: { path: `values/${name}.txt`, content: `${name}=good\n` } }],
    answer: { status: 'done', summary: `Add ${name}.` },
  };
}

export function makePlace(plan: FolderPlan): Place {
  const root = mkdtempSync(join(tmpdir(), 'e2e-'));
  const folder = join(root, plan.name ?? 'values');
  write(folder, 'issues.yaml', stringify(plan.issues));
  if (plan.playbook !== undefined) write(folder, 'playbook.yaml', stringify(plan.playbook));
  if (plan.config !== undefined) write(folder, 'disinto.toml', plan.config);
  for (const [path, content] of Object.entries(plan.files ?? {})) write(join(folder, 'repo'), path, content);
  return { folder, keep: join(root, 'keep'), [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }) };
}

function write(folder: string, path: string, content: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
