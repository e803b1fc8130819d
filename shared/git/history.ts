import { asSha, type Sha } from '#domain/sha';
import { GitError, type Git, type Objects } from '#git';
import { fields, text, type Run } from './command/run.ts';
import { parseChanges } from './parse/change.ts';
import { commitFormat, parseCommits } from './parse/commit.ts';

const logArgs = ['log', '-z', '--no-color', '--no-notes', '--encoding=UTF-8', `--format=${commitFormat}`];
const diffArgs = ['--no-renames', '--no-ext-diff', '--no-textconv', '--no-color'];

/** Reading what a git directory holds. No attribute file and no setting of the content takes part: nothing can hide from a diff. */
export function createObjects(
  run: Run,
  gitDir: string,
): Objects & Pick<Git, 'isAncestor' | 'mergeResult' | 'listFiles'> & { readCommits(shas: readonly Sha[]): ReturnType<Objects['listCommits']> } {
  const git = (args: readonly string[], options: Omit<Parameters<Run>[0], 'args'> = {}): ReturnType<Run> =>
    run({ args: [`--git-dir=${gitDir}`, ...args], ...options });
  const orNull = async <T>(read: Promise<T>, absent: RegExp): Promise<T | null> => {
    try {
      return await read;
    } catch (error) {
      if (error instanceof GitError && absent.test(error.message)) return null;
      throw error;
    }
  };
  const readCommits = async (shas: readonly Sha[]): ReturnType<Objects['listCommits']> =>
    shas.length === 0 ? [] : parseCommits(fields(await git([...logArgs, '--no-walk=unsorted', '--stdin'], { input: `${shas.join('\n')}\n` })));

  return {
    readCommits,
    readCommit: async (sha) => (await orNull(readCommits([sha]), /bad object|not a commit|bad revision/))?.[0] ?? null,
    listCommits: async (from, to) => parseCommits(fields(await git([...logArgs, '--reverse', '--topo-order', to, `^${from}`]))),
    mergeBase: async (a, b) => {
      const ran = await git(['merge-base', a, b], { accept: [0, 1] });
      return ran.code === 1 ? null : asSha(text(ran));
    },
    isAncestor: async (ancestor, of) => (await git(['merge-base', '--is-ancestor', ancestor, of], { accept: [0, 1] })).code === 0,
    mergeResult: async (base, head) => {
      const ran = await git(['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base, head], { accept: [0, 1] });
      const [tree = '', ...paths] = ran.stdout
        .toString('utf8')
        .split('\0')
        .filter((field) => field.trim() !== '');
      return ran.code === 0 ? { kind: 'clean', tree: asSha(tree.trim()) } : { kind: 'conflict', paths };
    },
    listChangedFiles: async (from, to) => parseChanges(fields(await git(['diff-tree', '-r', '-z', '--raw', '--numstat', ...diffArgs, from, to]))),
    diff: async (from, to, { maxBytes, paths }) => {
      const ran = await git(['diff-tree', '-r', '-p', ...diffArgs, from, to, '--', ...(paths ?? [])], { maxBytes: maxBytes + 1 });
      return cutDiff(ran.stdout, maxBytes);
    },
    readFile: async (at, path) =>
      (await orNull(git(['cat-file', 'blob', `${at}:${path}`]), /does not exist in|exists on disk, but not in|bad file|outside repository/))?.stdout ?? null,
    listFiles: async (at, under) => fields(await git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', at, ...(under === '' ? [] : ['--', under])])),
  };
}

function cutDiff(diff: Buffer, maxBytes: number): string {
  if (diff.length <= maxBytes) return diff.toString('utf8');
  const end = diff.lastIndexOf(0x0a, maxBytes - 1) + 1;
  return `${diff.subarray(0, end).toString('utf8')}[the diff goes on: cut after ${maxBytes} bytes]\n`;
}
