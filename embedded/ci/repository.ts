import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { approvedPrefix } from '#domain/name';
import { asSha } from '#domain/sha';
import type { Sha } from '#domain/sha';
import type { WorkflowFile } from '../../shared/ci/workflow/model.ts';
import { workflowPaths } from '../../shared/ci/workflow/parse.ts';

/** A bare repository, read directly on disk: the forge's own, or our mirror of it. Checkouts borrow its objects and know no remote. */
export interface Repository {
  /** The folder with its objects, which checkouts borrow. */
  readonly objects: string;
  /** Brings it up to date with the forge before a look. */
  refresh(): Promise<void>;
  /** Name of the default branch. */
  defaultBranch(): Promise<string>;
  heads(): Promise<ReadonlyMap<string, Sha>>;
  workflowFiles(at: Sha): Promise<readonly WorkflowFile[]>;
  /** Paths that `head` changed since it left `base`, and its message; null paths when they share no history. */
  change(base: Sha, head: Sha): Promise<Change>;
  /** The same for the last commit of a branch against its first parent. */
  lastChange(head: Sha): Promise<Change>;
  /** Whether a commit descends from a change that a maintainer approved. */
  isApproved(head: Sha): Promise<boolean>;
  /** Puts the files of a commit into an empty directory, as a repository of its own on a detached HEAD. */
  checkout(commit: Sha, directory: string, signal: AbortSignal): Promise<void>;
}

export interface Change {
  readonly changedPaths: readonly string[] | null;
  readonly message: string | null;
}

/** `path`: the bare repository. `searchPath`: PATH for finding git. `refresh`: how it follows the forge; not needed where it is the forge's own. */
export function openRepository(path: string, searchPath: string, refresh: () => Promise<void> = () => Promise.resolve()): Repository {
  const bare = resolve(path);
  const git = runnerOf(searchPath);
  const inStore = (args: readonly string[]): Promise<string> => git(['--git-dir', bare, ...args], {});
  // Without a common ancestor or a first parent there is nothing to compare with: not known.
  const changedIn = (range: string): Promise<readonly string[] | null> =>
    inStore(['diff', '--name-only', '-z', '--no-renames', range]).then(splitZero, () => null);
  const message = (commit: Sha): Promise<string> => inStore(['log', '-1', '--format=%B', commit, '--']);
  return {
    objects: join(bare, 'objects'),
    refresh,
    defaultBranch: async () => /^ref: refs\/heads\/(.+)$/m.exec(await readFile(join(bare, 'HEAD'), 'utf8'))?.[1]?.trim() ?? 'main',
    heads: async () => {
      const lines = (await inStore(['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads'])).split('\n').filter((line) => line !== '');
      return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), asSha(line.slice(0, line.indexOf(' ')))]));
    },
    workflowFiles: (at) => readWorkflowFiles(inStore, at),
    change: async (base, head) => ({ changedPaths: await changedIn(`${base}...${head}`), message: await message(head) }),
    lastChange: async (head) => ({ changedPaths: await changedIn(`${head}^..${head}`), message: await message(head) }),
    isApproved: async (head) => {
      const approved = (await inStore(['for-each-ref', '--format=%(objectname)', approvedPrefix])).split('\n').filter((line) => line !== '');
      // Exit code 1: not an ancestor.
      for (const commit of approved) if (await inStore(['merge-base', '--is-ancestor', commit, head]).then(yes, no)) return true;
      return false;
    },
    checkout: async (commit, directory, signal) => {
      await borrowObjects(bare, commit, directory);
      await git(['checkout', '--quiet', '--force', '--detach', commit], { cwd: directory, signal });
    },
  };
}

async function readWorkflowFiles(git: (args: readonly string[]) => Promise<string>, at: Sha): Promise<readonly WorkflowFile[]> {
  const listed = splitZero(await git(['ls-tree', '-r', '-z', at, '--', '.woodpecker', '.woodpecker.yaml', '.woodpecker.yml']));
  const blobs = listed.flatMap((line) => {
    const found = /^100[0-7]{3} blob ([0-9a-f]+)\t(.+)$/s.exec(line);
    return found === null ? [] : [{ id: found[1] ?? '', path: found[2] ?? '' }];
  });
  const wanted = workflowPaths(blobs.map((blob) => blob.path));
  return Promise.all(blobs.filter((blob) => wanted.includes(blob.path)).map(async ({ id, path }) => ({ path, text: await git(['cat-file', 'blob', id]) })));
}

/** Writes by hand what `git clone --shared` would, without its processes, its remote or its refs. */
async function borrowObjects(bare: string, commit: Sha, directory: string): Promise<void> {
  const dot = join(directory, '.git');
  await mkdir(join(dot, 'objects', 'info'), { recursive: true });
  await mkdir(join(dot, 'refs', 'heads'), { recursive: true });
  const format = commit.length === 64 ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n' : '\trepositoryformatversion = 0\n';
  await Promise.all([
    writeFile(join(dot, 'HEAD'), `${commit}\n`),
    writeFile(join(dot, 'config'), `[core]\n\tbare = false\n${format}`),
    writeFile(join(dot, 'objects', 'info', 'alternates'), `${join(bare, 'objects')}\n`),
  ]);
}

const yes = (): boolean => true;
const no = (): boolean => false;

const splitZero = (text: string): readonly string[] => text.split('\0').filter((part) => part !== '');

interface GitOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

function runnerOf(searchPath: string): (args: readonly string[], options: GitOptions) => Promise<string> {
  const env = { PATH: searchPath, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_OPTIONAL_LOCKS: '0' };
  return (args, { cwd, signal }) =>
    new Promise((done, fail) => {
      const options = { env, maxBuffer: 64 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }), ...(signal === undefined ? {} : { signal }) };
      const child = execFile('git', [...args], options, (error: ExecFileException | null, stdout: string, stderr: string) => {
        if (error === null) done(stdout);
        else fail(new Error(`git ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''}: ${stderr.trim() || error.message}`, { cause: error }));
      });
      child.stdin?.end();
    });
}
