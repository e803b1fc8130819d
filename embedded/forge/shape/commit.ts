import type { CommitInfo, Person } from '../git/commit.ts';
import type { RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import { timeText, type World } from '../world.ts';
import { showUser } from './repository.ts';
import { repositoryApi, repositoryPage, type Json, type Shape } from './shape.ts';

const verification: Json = { verified: false, reason: 'gpg.error.not_signed_commit', signature: '', signer: null, payload: '' };

const accountOf = (world: World, person: Person): UserRow | undefined => world.database.get<UserRow>('SELECT * FROM users WHERE email = ?', person.email);

export function showCommit(shape: Shape, repository: RepositoryRow, commit: CommitInfo): Json {
  const url = (sha: string): string => `${repositoryApi(shape, repository)}/git/commits/${sha}`;
  const person = (of: Person): Json => ({ name: of.name, email: of.email, date: timeText(of.at) });
  const account = (of: Person): Json | null => {
    const user = accountOf(shape.world, of);
    return user === undefined ? null : showUser(shape, user);
  };
  return {
    url: url(commit.sha),
    sha: commit.sha,
    created: timeText(commit.committer.at),
    html_url: `${repositoryPage(shape, repository)}/commit/${commit.sha}`,
    commit: {
      url: url(commit.sha),
      author: person(commit.author),
      committer: person(commit.committer),
      message: commit.message,
      tree: { url: `${repositoryApi(shape, repository)}/git/trees/${commit.tree}`, sha: commit.tree, created: timeText(commit.committer.at) },
      verification,
    },
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((sha) => ({ url: url(sha), sha, created: '0001-01-01T00:00:00Z' })),
    files: null,
    stats: null,
  };
}

/** The shorter form of branches and pushes. */
export function showPayloadCommit(shape: Shape, repository: RepositoryRow, commit: CommitInfo): Json {
  const person = (of: Person): Json => ({ name: of.name, email: of.email, username: accountOf(shape.world, of)?.login ?? '' });
  return {
    id: commit.sha,
    message: commit.message,
    url: `${repositoryPage(shape, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    verification,
    timestamp: timeText(commit.author.at),
    added: null,
    removed: null,
    modified: null,
  };
}
