import type { Git } from '#git';
import type { WorkflowReader } from './selection.ts';
import { workflowPaths } from './workflow/parse.ts';

/** Reads workflow files and changes through the git port. */
export function createGitReader(git: Pick<Git, 'listFiles' | 'readFile' | 'listChangedFiles' | 'mergeBase' | 'readCommit'>): WorkflowReader {
  return {
    files: async (commit) => {
      const inFolder = workflowPaths(await git.listFiles(commit, '.woodpecker'));
      const candidates = inFolder.length > 0 ? inFolder : ['.woodpecker.yaml', '.woodpecker.yml'];
      const read = await Promise.all(candidates.map(async (path) => ({ path, bytes: await git.readFile(commit, path) })));
      const files = read.flatMap(({ path, bytes }) => (bytes === null ? [] : [{ path, text: bytes.toString('utf8') }]));
      const wanted = workflowPaths(files.map((file) => file.path));
      return files.filter((file) => wanted.includes(file.path));
    },
    change: async ({ kind, base, head }) => {
      const commit = await git.readCommit(head);
      const from = kind === 'branch' ? (commit?.parents[0] ?? null) : await git.mergeBase(base, head);
      const changedPaths = from === null ? null : (await git.listChangedFiles(from, head)).map((file) => file.path);
      return { changedPaths, message: commit?.message ?? null };
    },
  };
}
