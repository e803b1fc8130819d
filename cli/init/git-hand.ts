import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError } from '#git';
import { fixedConfig, fixedEnvironment, forgeEnvironment } from '../../shared/git/command/environment.ts';
import { createRun, type Run, text } from '../../shared/git/command/run.ts';
import { processEnvironment } from '../../shared/config/environment.ts';

/** Who pushes. The secrets are tried in order: some forges refuse tokens for git and want the password. */
export interface Pusher {
  readonly login: string;
  readonly secrets: readonly string[];
}

export interface Push {
  readonly repository: string;
  /** `<commit>:<ref>`, in git's notation. */
  readonly refspecs: readonly string[];
  /** The ref is replaced, if it still holds this commit. */
  readonly lease?: { readonly ref: string; readonly holds: string };
}

/** `refused`: the forge took the account and refused the push, in its words. */
export type Pushed = { readonly end: 'pushed' } | { readonly end: 'refused'; readonly words: string };

export interface CommitDraft {
  /** Null: the first commit of all. */
  readonly parent: string | null;
  readonly message: string;
  /** Files that differ from the parent. */
  readonly files: Readonly<Record<string, string>>;
  /** The commit whose files it has, in place of the parent's. */
  readonly treeOf?: string;
  readonly at: Date;
}

/** A bare repository of our own in which commits are made to be pushed. It is made when it is first needed; `close` removes it. */
export interface GitHand {
  /** The branch that HEAD of a repository (URL or path) names. Throws `GitError`. */
  headOf(repository: string): Promise<string>;
  close(): Promise<void>;

  /** Commit at the head of the branch; it is fetched. Null: there is no such branch. */
  fetch(repository: string, branch: string, as: Pusher): Promise<string | null>;
  /** Branches and tags of any repository (URL or path) under their own names. */
  copy(from: string): Promise<void>;
  commit(draft: CommitDraft): Promise<string>;
  /** Whether the one commit is the other or comes before it, as far as they were fetched. */
  isBefore(commit: string, other: string): Promise<boolean>;
  hasSameFiles(commit: string, other: string): Promise<boolean>;
  push(push: Push, as: Pusher): Promise<Pushed>;
}

interface Place {
  readonly run: Run;
  readonly folder: string;
  readonly gitDir: string;
}

async function makePlace(hide: (text: string) => string): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'disinto-init-'));
  const [config, gitDir] = [join(folder, 'gitconfig'), join(folder, 'work.git')];
  await writeFile(config, fixedConfig);
  const run = createRun(fixedEnvironment({ home: folder, config }, processEnvironment()), hide);
  await run({ args: ['init', '--quiet', '--bare', gitDir] });
  return { run, folder, gitDir };
}

/** `hide` masks secrets in what git says; `onPush` hears of each push that may have changed the forge. */
export function createGitHand(forgeUrl: string, hide: (text: string) => string, onPush: () => void = () => {}): GitHand {
  let place: Promise<Place> | null = null;
  const run: Run = async (command) => {
    place ??= makePlace(hide);
    const { run: inPlace, gitDir } = await place;
    return inPlace({ ...command, args: [`--git-dir=${gitDir}`, ...command.args] });
  };
  return {
    headOf: async (repository) => {
      const listed = reading(repository, hide, run({ args: ['ls-remote', '--symref', '--', repository, 'HEAD'], env: ofUser(), seconds: 60 }));
      return branchOf(text(await listed), repository);
    },
    ...createWork(forgeUrl, run, hide, onPush),
    close: async () => {
      const made = await place?.catch(() => null);
      place = null;
      if (made != null) await rm(made.folder, { recursive: true, force: true });
    },
  };
}

/** The user's own git reads what a new repository is filled with: keys and credentials for it are the user's. */
const ofUser = (): Record<string, string> => {
  const names = [
    'HOME',
    'SSH_AUTH_SOCK',
    'GIT_SSH_COMMAND',
    'XDG_CONFIG_HOME',
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'NO_PROXY',
    'https_proxy',
    'http_proxy',
    'no_proxy',
  ];
  const host = processEnvironment();
  const handed = names.flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]] as const]));
  const settings = { GIT_CONFIG_GLOBAL: `${host['HOME'] ?? ''}/.gitconfig`, GIT_CONFIG_NOSYSTEM: '0', GIT_CONFIG_COUNT: '0' };
  return { ...Object.fromEntries(handed), ...settings, GIT_SSH_COMMAND: host['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes' };
};

/** It is no forge of ours that is read, and nobody tries again. */
async function reading<T>(repository: string, hide: (text: string) => string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    // The rest is for those who push to a forge.
    const words = (/fatal: .*/.exec(said)?.[0] ?? said).split(' — ')[0] ?? '';
    throw new GitError(
      'failed',
      hide(`git cannot read ${withoutPassword(repository)}, which is to fill the repository: ${words.slice(0, 300)}; is it the right one?`),
      cause,
    );
  }
}

const withoutPassword = (repository: string): string => repository.replace(/\/\/[^/@]*@/, '//');

function branchOf(output: string, repository: string): string {
  const found = /^ref: refs\/heads\/(\S+)\s+HEAD$/m.exec(output)?.[1];
  if (found === undefined) throw new GitError('failed', `${repository} is empty, or its HEAD names no branch: there is nothing to fill a repository with`);
  return found;
}

/** Newer commits of a branch among which one is looked for. */
const depth = 50;

const author = {
  GIT_AUTHOR_NAME: 'disinto init',
  GIT_AUTHOR_EMAIL: 'init@noreply.localhost',
  GIT_COMMITTER_NAME: 'disinto init',
  GIT_COMMITTER_EMAIL: 'init@noreply.localhost',
};

function createWork(forgeUrl: string, run: Run, hide: (text: string) => string, onPush: () => void): Omit<GitHand, 'headOf' | 'close'> {
  const git: Git = async (args, more = {}) => text(await run({ ...more, args }));
  /** Runs with one secret after the other until the forge takes one. */
  const signedIn = async <T>(repository: string, { login, secrets }: Pusher, act: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> => {
    let refusal: unknown = new GitError('auth', `there is no secret of ${login} to push with`);
    for (const secret of secrets) {
      try {
        return await act(forgeEnvironment(`${forgeUrl}/${repository}.git`, [], { login, token: () => secret }));
      } catch (error) {
        if (!(error instanceof GitError) || (error.kind !== 'auth' && error.kind !== 'forbidden')) throw error;
        refusal = error;
      }
    }
    throw refusal;
  };
  return {
    fetch: (repository, branch, as) =>
      signedIn(repository, as, async (env) => {
        const listed = await git(['ls-remote', 'forge', `refs/heads/${branch}`], { env });
        const commit = listed.split('\t')[0] ?? '';
        if (commit === '') return null;
        const known = (await run({ args: ['cat-file', '-e', `${commit}^{tree}`], accept: [0, 1, 128] })).code === 0;
        if (!known) await git(['fetch', '--quiet', `--depth=${depth}`, '--no-tags', 'forge', `refs/heads/${branch}`], { env, seconds: 600 });
        return commit;
      }),
    copy: async (from) => {
      const refspecs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
      await reading(from, hide, git(['fetch', '--quiet', '--no-tags', '--', from, ...refspecs], { env: ofUser(), seconds: 1800 }));
    },
    commit: (draft) => commitFiles(git, draft),
    isBefore: async (commit, other) => (await run({ args: ['merge-base', '--is-ancestor', commit, other], accept: [0, 1, 128] })).code === 0,
    hasSameFiles: async (commit, other) => (await run({ args: ['diff-tree', '--quiet', commit, other], accept: [0, 1, 128] })).code === 0,
    push: ({ repository, refspecs, lease }, as) =>
      signedIn(repository, as, async (env) => {
        const leases = lease === undefined ? [] : [`--force-with-lease=${lease.ref}:${lease.holds}`];
        const ran = await run({ args: ['push', '--porcelain', ...leases, 'forge', ...refspecs], env, accept: [0, 1, 128], seconds: 1800 });
        onPush();
        return judge(ran.code, `${text(ran)}\n${ran.stderr}`);
      }),
  };
}

/** A forge that refuses an account's right to push says 403, or refuses the ref; one that does not know the account says 401. */
function judge(code: number, words: string): Pushed {
  if (code === 0) return { end: 'pushed' };
  if (/\[remote rejected\]|\[rejected\]|pre-receive hook declined|returned error: 403|User permission denied/i.test(words))
    return { end: 'refused', words: words.trim() };
  const kind = /Authentication failed|could not read (?:Username|Password)|returned error: 401|invalid credentials/i.test(words) ? 'auth' : 'unavailable';
  throw new GitError(kind, `git push: ${words.trim().slice(-800)}`);
}

type Git = (args: readonly string[], more?: Partial<Parameters<Run>[0]>) => Promise<string>;

async function commitFiles(git: Git, { parent, message, files, treeOf, at }: CommitDraft): Promise<string> {
  const date = `${Math.floor(at.getTime() / 1000)} +0000`;
  const env = { ...author, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const tree = Object.keys(files).length === 0 && parent !== null ? `${treeOf ?? parent}^{tree}` : await writeTree(git, parent, files);
  return git(['commit-tree', tree, ...(parent === null ? [] : ['-p', parent]), '-m', message], { env });
}

async function writeTree(git: Git, parent: string | null, files: Readonly<Record<string, string>>): Promise<string> {
  await git(['read-tree', ...(parent === null ? ['--empty'] : [parent])]);
  const blobs = new Map<string, string>();
  for (const content of new Set(Object.values(files))) blobs.set(content, await git(['hash-object', '-w', '--stdin'], { input: content }));
  const entries = Object.entries(files).map(([path, content]) => `100644 ${blobs.get(content) ?? ''}\t${path}\0`);
  await git(['update-index', '--add', '-z', '--index-info'], { input: entries.join('') });
  return git(['write-tree']);
}
