import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DemoFolder, readFolder } from '../cli/demo/folder.ts';

export interface FolderDraft {
  /** Titles of issues; the label `backlog` unless `labels` says otherwise. */
  readonly issues: readonly { readonly title: string; readonly labels?: readonly string[] }[];
  /** What the scripted model does, as in `playbook.yaml`. */
  readonly playbook: readonly unknown[];
  /** Text of `disinto.toml`. */
  readonly config?: string;
}

const workflow = `when:
  - event: [push, pull_request]

steps:
  - name: test
    commands:
      - test -f README.md
      - sh -n notes/*.sh
`;

/** Writes a folder that `disinto demo` can run: a few files, a workflow that takes next to nothing, issues and a playbook. */
export async function writeFolder(path: string, draft: FolderDraft): Promise<DemoFolder> {
  const files: Record<string, string> = {
    'repo/README.md': '# Notes\n\nOne file for each note.\n',
    'repo/notes/first.sh': 'echo first\n',
    'repo/.woodpecker/test.yaml': workflow,
    // JSON is YAML.
    'issues.yaml': JSON.stringify(
      draft.issues.map((issue) => ({ title: issue.title, body: `Please ${issue.title.toLowerCase()}.`, labels: issue.labels ?? [] })),
    ),
    'playbook.yaml': JSON.stringify(draft.playbook),
    ...(draft.config === undefined ? {} : { 'disinto.toml': draft.config }),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return readFolder(path);
}

/** An issue that adds one small file, and the playbook entry that does so. */
export function noteIssue(number: number): { readonly title: string; readonly entry: unknown } {
  const title = `Write note ${number}`;
  return {
    title,
    entry: {
      when: { agent: 'dev', task: 'implement', issue: title },
      do: [{ write: { path: `notes/note-${number}.sh`, content: `echo note ${number}\n` } }, { run: `sh notes/note-${number}.sh` }],
      answer: { status: 'done', summary: `Write note ${number}.` },
    },
  };
}
