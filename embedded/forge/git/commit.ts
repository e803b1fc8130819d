import type { Git } from './run.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly at: number;
}

export interface CommitInfo {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

const nobody: Person = { name: '', email: '', at: 0 };
const known = new Map<string, CommitInfo>();

/** Commits by name, in the order asked; what is not a commit is left out. Commits never change, so they are remembered. */
export async function readCommits(git: Git, folder: string, shas: readonly string[]): Promise<CommitInfo[]> {
  const missing = shas.filter((sha) => !known.has(`${folder} ${sha}`));
  if (missing.length > 0) {
    const { out } = await git.run(
      folder,
      ['log', '--no-walk=unsorted', '--stdin', '-z', '--ignore-missing', '--format=%H%n%T%n%P%n%an%n%ae%n%at%n%cn%n%ce%n%ct%n%B'],
      { input: `${missing.join('\n')}\n`, answers: [128] },
    );
    if (known.size > 5000) known.clear();
    for (const text of out.split('\0').filter((entry) => entry !== '')) {
      const commit = parseCommit(text);
      known.set(`${folder} ${commit.sha}`, commit);
    }
  }
  return shas.flatMap((sha) => known.get(`${folder} ${sha}`) ?? []);
}

/** Names of commits that `range` selects, newest first. */
export async function listCommits(git: Git, folder: string, args: readonly string[]): Promise<string[]> {
  const { out } = await git.run(folder, ['rev-list', ...args]);
  return out.split('\n').filter((line) => line !== '');
}

function parseCommit(text: string): CommitInfo {
  const [sha = '', tree = '', parents = '', an = '', ae = '', at = '', cn = '', ce = '', ct = '', ...message] = text.split('\n');
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: { ...nobody, name: an, email: ae, at: Number(at) },
    committer: { ...nobody, name: cn, email: ce, at: Number(ct) },
    message: message.join('\n').replace(/\n+$/, '\n'),
  };
}

/** The commit that a branch, tag, ref or (short) object name means; null when there is none. */
export async function resolveCommit(git: Git, folder: string, name: string): Promise<string | null> {
  if (name === '' || name.startsWith('-')) return null;
  for (const candidate of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const { code, out } = await git.run(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`], { answers: [1, 128] });
    if (code === 0) return out.trim();
  }
  return null;
}
