import { setState } from './issue.ts';
import { notify, sendTo, wants } from './notify.ts';
import { listCommits, readCommits, type CommitInfo } from '../git/commit.ts';
import { branchOf, branchRef, isZero, readRef } from '../git/ref.ts';
import { mentionsIn } from '../rules/mention.ts';
import { Refused } from '../refused.ts';
import { showPayloadCommit } from '../shape/commit.ts';
import { showUser } from '../shape/repository.ts';
import { repositoryPage, type Json, type Shape } from '../shape/shape.ts';
import { insertEvent } from '../store/event.ts';
import { listHooks, type HookRow } from '../store/hook.ts';
import { findIssue } from '../store/issue.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

export interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** Tells the hooks of a branch or tag that moved, and closes issues that commits new on the default branch fix. */
export async function announce(world: World, repository: RepositoryRow, pusher: UserRow, change: RefChange): Promise<void> {
  const branch = branchOf(change.ref);
  const name = change.ref.replace(/^refs\/(?:heads|tags)\//, '');
  const about = { sender: pusher, branch: name };
  const kind = branch === null ? 'tag' : 'branch';
  if (isZero(change.after)) {
    notify(world, repository, 'delete', about, () => ({ ref: name, ref_type: kind, pusher_type: 'user' }));
    return;
  }
  if (isZero(change.before)) notify(world, repository, 'create', about, () => ({ sha: change.after, ref: name, ref_type: kind }));
  const closes = branch === repository.default_branch;
  if (!closes && !listHooks(world, repository.id).some((hook) => hook.active === 1)) return;
  const commits = await newCommits(world, repository, change);
  if (closes && !isZero(change.before)) closeMentioned(world, repository, pusher, commits);
  notify(world, repository, 'push', about, pushPayload(repository, pusher, change, commits));
}

/** Sends one hook, if it asked for pushes, that of a push which moved nothing. 404 for a repository without commits. */
export async function announceTest(world: World, repository: RepositoryRow, sender: UserRow, hook: HookRow): Promise<void> {
  const ref = branchRef(repository.default_branch);
  const head = readRef(repositoryPath(world, repository), ref);
  if (head === null) throw new Refused(404, 'repository is empty');
  if (!wants(JSON.parse(hook.events) as string[], 'push')) return;
  const commits = await readCommits(world.git, repositoryPath(world, repository), [head]);
  sendTo(world, repository, [hook], 'push', sender, pushPayload(repository, sender, { ref, before: head, after: head }, commits));
}

const pushPayload =
  (repository: RepositoryRow, pusher: UserRow, change: RefChange, commits: readonly CommitInfo[]) =>
  (shape: Shape): Json => {
    const shown = commits.slice(0, 5).map((commit) => showPayloadCommit(shape, repository, commit));
    const page = repositoryPage(shape, repository);
    return {
      ref: change.ref,
      before: change.before,
      after: change.after,
      compare_url: isZero(change.before) ? page : `${page}/compare/${change.before}...${change.after}`,
      commits: shown,
      total_commits: commits.length,
      head_commit: shown[0] ?? null,
      pusher: showUser(shape, pusher),
    };
  };

async function newCommits(world: World, repository: RepositoryRow, change: RefChange): Promise<CommitInfo[]> {
  const folder = repositoryPath(world, repository);
  const known = isZero(change.before) ? ['--not', `--exclude=${change.ref}`, '--branches'] : [`^${change.before}`];
  const names = await listCommits(world.git, folder, ['--max-count=50', change.after, ...known]);
  return readCommits(world.git, folder, names.length === 0 ? [change.after] : names);
}

function closeMentioned(world: World, repository: RepositoryRow, doer: UserRow, commits: readonly CommitInfo[]): void {
  for (const commit of commits.toReversed()) {
    const { closes } = mentionsIn(commit.message, `${repository.owner}/${repository.name}`);
    for (const number of closes) {
      const issue = findIssue(world, repository.id, number);
      if (issue === undefined || issue.pull === 1 || issue.state === 'closed') continue;
      world.database.transaction(() => {
        insertEvent(world, issue.id, 'commit_ref', doer.id, { ref_sha: commit.sha, body: commit.message.split('\n')[0] ?? '' });
        setState(world, issue, doer, 'closed');
      });
    }
  }
}
