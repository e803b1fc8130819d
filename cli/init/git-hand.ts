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
  readonly at: Date;
}

/** A bare repository of our own for as long as `use` runs, with which commits are made and pushed. */
export interface GitHand {
  use<T>(act: (work: GitWork) => Promise<T>): Promise<T>;
  /** The branch that HEAD of a repository (URL or path) names. Throws `GitError`. */
  headOf(repository: string): Promise<string>;
}

export interface GitWork {
  /** Commit at the head of the branch; it is fetched. Null: there is no such branch. */
  fetch(repository: string, branch: string, as: Pusher): Promise<string | null>;
  /** Branches and tags of any repository (URL or path) under their own names. */
  copy(from: string): Promise<void>;
  commit(draft: CommitDraft): Promise<string>;
  /** Whether the one commit is the other or comes before it, as far as they were fetched. */
  isBefore(commit: string, other: string): Promise<boolean>;
  push(push: Push, as: Pusher): Promise<Pushed>;
}

/** `hide` masks secrets in what git says. */
export function createGitHand(forgeUrl: string, hide: (text: string) => string): GitHand {
  const using = async <T>(act: (run: Run, folder: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'disinto-init-'));
    try {
      const config = join(folder, 'gitconfig');
      await writeFile(config, fixedConfig);
      const run = createRun(fixedEnvironment({ home: folder, config }, processEnvironment()), hide);
      return await act(run, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    headOf: (repository) =>
      using(async (run) => branchOf(text(await run({ args: ['ls-remote', '--symref', '--', repository, 'HEAD'], env: ofUser(), seconds: 60 })), repository)),
    use: (act) =>
      using(async (run, folder) => {
        const gitDir = join(folder, 'work.git');
        await run({ args: ['init', '--quiet', '--bare', gitDir] });
        return act(createWork(forgeUrl, run, gitDir));
      }),
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

function branchOf(output: string, repository: string): string {
  const found = /^ref: refs\/heads\/(\S+)\s+HEAD$/m.exec(output)?.[1];
  if (found === undefined) throw new GitError('failed', `${repository} is empty, or its HEAD names no branch: there is nothing to fill a repository with`);
  return found;
}

const author = {
  GIT_AUTHOR_NAME: 'disinto init',
  GIT_AUTHOR_EMAIL: 'init@noreply.localhost',
  GIT_COMMITTER_NAME: 'disinto init',
  GIT_COMMITTER_EMAIL: 'init@noreply.localhost',
};

function createWork(forgeUrl: string, run: Run, gitDir: string): GitWork {
  const git = async (args: readonly string[], more: Partial<Parameters<Run>[0]> = {}): Promise<string> =>
    text(await run({ ...more, args: [`--git-dir=${gitDir}`, ...args] }));
  /** Runs with one secret after the other until the forge takes one. */
  const signedIn = async <T>(repository: string, { login, secrets }: Pusher, act: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> => {
    let refusal: unknown = new GitError('auth', `there is no secret of ${login} to push with`);
    for (const secret of secrets) {
      try {
        return await act(forgeEnvironment(`${forgeUrl}/${repository}.git`, [], { login, token: () => secret }));
      } catch (error) {
        if (!(error instanceof GitError) || error.kind !== 'auth') throw error;
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
        await git(['fetch', '--quiet', '--depth=50', '--no-tags', 'forge', `refs/heads/${branch}`], { env, seconds: 600 });
        return commit;
      }),
    copy: async (from) => {
      await git(['fetch', '--quiet', '--no-tags', '--', from, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'], { env: ofUser(), seconds: 1800 });
    },
    commit: ({ parent, message, files, at }) => commitFiles(git, gitDir, { parent, message, files, at }),
    isBefore: async (commit, other) =>
      (await run({ args: [`--git-dir=${gitDir}`, 'merge-base', '--is-ancestor', commit, other], accept: [0, 1, 128] })).code === 0,
    push: ({ repository, refspecs, lease }, as) =>
      signedIn(repository, as, async (env) => {
        const leases = lease === undefined ? [] : [`--force-with-lease=${lease.ref}:${lease.holds}`];
        const ran = await run({
          args: [`--git-dir=${gitDir}`, 'push', '--porcelain', ...leases, 'forge', ...refspecs],
          env,
          accept: [0, 1, 128],
          seconds: 1800,
        });
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

async function commitFiles(git: Git, gitDir: string, { parent, message, files, at }: CommitDraft): Promise<string> {
  const env = { GIT_INDEX_FILE: join(gitDir, 'init-index') };
  await git(['read-tree', ...(parent === null ? ['--empty'] : [parent])], { env });
  for (const [path, content] of Object.entries(files)) {
    const blob = await git(['hash-object', '-w', '--stdin'], { input: content });
    await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], { env });
  }
  const tree = await git(['write-tree'], { env });
  const date = `${Math.floor(at.getTime() / 1000)} +0000`;
  return git(['commit-tree', tree, ...(parent === null ? [] : ['-p', parent]), '-m', message], {
    env: { ...author, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  });
}
